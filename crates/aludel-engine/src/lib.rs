//! Aludel's run-time contract: drivers, engine, pool, connections, transactions, events and errors
