//! Calls of functions, and the clauses behind them.

use super::{CompileError, Compiler};
use crate::ast::{Aggregate, Expr, Frame, FrameBound, FrameExclusion, FrameUnit, Function, Over, Window};
use crate::dialect::AggregateOrder;

impl Compiler<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Result<(), CompileError> {
        if self.dialect.function(self, function)? {
            return Ok(());
        }
        self.standard_function(function)
    }

    /// Writes a call the standard way.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn standard_function(&mut self, function: &Function) -> Result<(), CompileError> {
        if !function.generic {
            return self.call(function, &function.name);
        }
        let name = function.name.to_ascii_lowercase();
        match (name.as_str(), function.arguments.as_slice()) {
            // Words of the language that look like functions only where they have an argument.
            (
                "current_date" | "current_time" | "current_timestamp" | "current_user" | "localtime"
                | "localtimestamp" | "session_user" | "user",
                arguments,
            ) => {
                let word = name.to_ascii_uppercase();
                if arguments.is_empty() && !function.distinct {
                    self.push(&word);
                    return Ok(());
                }
                self.call(function, &word)
            }
            ("sysdate", []) => {
                self.push(&name);
                Ok(())
            }
            ("cube" | "rollup", _) => self.call(function, &name.to_ascii_uppercase()),
            ("grouping_sets", sets) => {
                self.push("GROUPING SETS(");
                self.exprs(sets)?;
                self.push(")");
                Ok(())
            }
            ("aggregate_strings", _) => match self.dialect.capabilities().string_aggregate {
                Some(name) => self.string_aggregate(function, name, ", "),
                None => Err(self.unsupported("joining the texts of several rows")),
            },
            _ => self.call(function, &function.name),
        }
    }

    /// Writes a call that joins the texts of several rows. What stands between them has to be a plain text for most
    /// databases.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn string_aggregate(
        &mut self,
        function: &Function,
        name: &str,
        joint: &str,
    ) -> Result<(), CompileError> {
        let [text, separator] = function.arguments.as_slice() else {
            return Err(CompileError::invalid(
                "`aggregate_strings` takes two arguments: the text, and what stands between two of them",
            ));
        };
        self.push(name);
        self.push(if function.distinct { "(DISTINCT " } else { "(" });
        self.expr(text)?;
        self.push(joint);
        self.with_literals(|out| out.expr(separator))?;
        self.push(")");
        Ok(())
    }

    /// Writes a call under a name of the dialect's choice.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn call(&mut self, function: &Function, name: &str) -> Result<(), CompileError> {
        for package in &function.package {
            self.function_name(package);
            self.push(".");
        }
        self.function_name(name);
        self.push(if function.distinct { "(DISTINCT " } else { "(" });
        self.exprs(&function.arguments)?;
        self.push(")");
        Ok(())
    }

    /// The name of a function: names are not case-sensitive, and many are keywords, so quotes are for odd characters
    /// alone.
    fn function_name(&mut self, name: &str) {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$'));
        if plain { self.push(name) } else { self.quote(name) }
    }

    pub(super) fn aggregate(&mut self, aggregate: &Aggregate) -> Result<(), CompileError> {
        if self.dialect.aggregate(self, aggregate)? {
            return Ok(());
        }
        self.ordered_call(aggregate)?;
        self.aggregate_clauses(aggregate)
    }

    /// What stands behind a call.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn aggregate_clauses(&mut self, aggregate: &Aggregate) -> Result<(), CompileError> {
        if !aggregate.within_group.is_empty() {
            self.push(" WITHIN GROUP (ORDER BY ");
            self.orders(&aggregate.within_group)?;
            self.push(")");
        }
        if !aggregate.filter.is_empty() {
            if !self.dialect.capabilities().aggregate_filter {
                return Err(self.unsupported("FILTER behind an aggregate"));
            }
            self.push(" FILTER (");
            self.conditions("WHERE ", &aggregate.filter)?;
            self.push(")");
        }
        match &aggregate.over {
            None => Ok(()),
            Some(Over::Named(name)) => {
                self.push(" OVER ");
                self.quote(name);
                Ok(())
            }
            Some(Over::Window(window)) => {
                self.push(" OVER (");
                self.window(window)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// The call with the order inside of it.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn ordered_call(&mut self, aggregate: &Aggregate) -> Result<(), CompileError> {
        if aggregate.order_by.is_empty() {
            return self.expr(&aggregate.call);
        }
        if self.dialect.capabilities().aggregate_order == AggregateOrder::WithinGroup {
            self.expr(&aggregate.call)?;
            self.push(" WITHIN GROUP (ORDER BY ");
            self.orders(&aggregate.order_by)?;
            self.push(")");
            return Ok(());
        }
        match &aggregate.call {
            Expr::Function(_) => {
                let start = self.sql.len();
                self.expr(&aggregate.call)?;
                // The order stands inside of the parentheses that the call has just closed.
                if self.sql.len() > start && self.sql.ends_with(')') {
                    self.sql.pop();
                    self.push(" ORDER BY ");
                    self.orders(&aggregate.order_by)?;
                    self.push(")");
                    return Ok(());
                }
                Err(self.unsupported("an order inside of this function"))
            }
            other => {
                self.expr(other)?;
                self.push(" ORDER BY ");
                self.orders(&aggregate.order_by)
            }
        }
    }

    /// The inside of a window's parentheses.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn window(&mut self, window: &Window) -> Result<(), CompileError> {
        let mut gap = "";
        if let Some(base) = &window.base {
            self.quote(base);
            gap = " ";
        }
        if !window.partition_by.is_empty() {
            self.push(gap);
            self.push("PARTITION BY ");
            self.exprs(&window.partition_by)?;
            gap = " ";
        }
        if !window.order_by.is_empty() {
            self.push(gap);
            self.push("ORDER BY ");
            self.orders(&window.order_by)?;
            gap = " ";
        }
        if let Some(frame) = &window.frame {
            self.push(gap);
            self.frame(frame)?;
        }
        Ok(())
    }

    fn frame(&mut self, frame: &Frame) -> Result<(), CompileError> {
        let groups = frame.unit == FrameUnit::Groups || frame.exclude.is_some();
        if groups && !self.dialect.capabilities().frame_groups {
            return Err(self.unsupported("frames that count groups, and EXCLUDE"));
        }
        self.push(match frame.unit {
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        self.frame_bound(&frame.start, "UNBOUNDED PRECEDING")?;
        self.push(" AND ");
        self.frame_bound(&frame.end, "UNBOUNDED FOLLOWING")?;
        self.push(match frame.exclude {
            None => "",
            Some(FrameExclusion::CurrentRow) => " EXCLUDE CURRENT ROW",
            Some(FrameExclusion::Group) => " EXCLUDE GROUP",
            Some(FrameExclusion::Ties) => " EXCLUDE TIES",
            Some(FrameExclusion::NoOthers) => " EXCLUDE NO OTHERS",
        });
        Ok(())
    }

    fn frame_bound(&mut self, bound: &FrameBound, unbounded: &str) -> Result<(), CompileError> {
        let (distance, word) = match bound {
            FrameBound::Unbounded => {
                self.push(unbounded);
                return Ok(());
            }
            FrameBound::CurrentRow => {
                self.push("CURRENT ROW");
                return Ok(());
            }
            FrameBound::Preceding(distance) => (distance, " PRECEDING"),
            FrameBound::Following(distance) => (distance, " FOLLOWING"),
        };
        self.expr(distance)?;
        self.push(word);
        Ok(())
    }
}
