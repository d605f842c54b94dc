//! Aludel on MySQL and MariaDB, through mysql_async
