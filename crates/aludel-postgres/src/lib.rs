//! Aludel on PostgreSQL, through tokio-postgres
