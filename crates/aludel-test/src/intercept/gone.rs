//! What stands in the place of a connection that is no more.

use std::any::Any;
use std::sync::Arc;

use aludel::engine::driver::{ManySink, RowSink};
use aludel::engine::inspect::SchemaObject;
use aludel::engine::{BoxFuture, Inspector, RawConnection};
use aludel::sql::ValueRef;
use aludel::sql::encode::ParameterRows;
use aludel::sql::schema::{Table, TableName};
use aludel::{Dialect, Error, ErrorKind, Execution, Result, TransactionOptions};

/// A connection that is gone: whatever it is asked for fails.
#[derive(Debug)]
pub(crate) struct Gone(pub(crate) Arc<dyn Dialect>);

pub(super) fn gone<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T>> {
    Box::pin(std::future::ready(Err(Error::new(ErrorKind::Disconnect, "the connection is gone"))))
}

impl RawConnection for Gone {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.0)
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self
    }

    fn execute<'a>(&'a mut self, _: &'a str, _: &'a [ValueRef<'a>]) -> BoxFuture<'a, Result<Execution>> {
        gone()
    }

    fn fetch<'a>(
        &'a mut self,
        _: &'a str,
        _: &'a [ValueRef<'a>],
        _: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        gone()
    }

    fn execute_many<'a>(
        &'a mut self,
        _: &'a str,
        _: &'a dyn ParameterRows,
        _: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        gone()
    }

    fn execute_script<'a>(&'a mut self, _: &'a str) -> BoxFuture<'a, Result<()>> {
        gone()
    }

    fn begin(&mut self, _: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        gone()
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        gone()
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        gone()
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn is_usable(&self) -> bool {
        false
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(Gone(Arc::clone(&self.0)))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Inspector for Gone {
    fn table_names<'a>(&'a mut self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        gone()
    }

    fn table<'a>(&'a mut self, _: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        gone()
    }

    fn objects<'a>(&'a mut self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        gone()
    }
}
