SELECT
    i.TABLE_NAME,
    i.ENGINE,
    @@default_storage_engine,
    i.TABLE_COLLATION,
    s.DEFAULT_COLLATION_NAME,
    i.TABLE_COMMENT
FROM information_schema.TABLES AS i
JOIN information_schema.SCHEMATA AS s ON s.SCHEMA_NAME = i.TABLE_SCHEMA
WHERE i.TABLE_SCHEMA = ?
    AND i.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
    /* AND i.TABLE_NAME = ? */
