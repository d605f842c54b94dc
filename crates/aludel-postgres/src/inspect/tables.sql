-- The tables of a schema ($1, NULL for the default one): all of them, or the one of a name ($2).
-- A partition is a part of its parent, and an extension's tables are its own business; both are found by name alone.
SELECT
    c.oid::bigint,
    c.relname::text,
    obj_description(c.oid, 'pg_class'),
    pg_get_partkeydef(c.oid),
    array_to_string(c.reloptions, ', '),
    t.spcname::text
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
WHERE c.relnamespace = (
        SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = coalesce($1::text, current_schema()::text)
    )
    AND c.relkind IN ('r', 'p')
    AND CASE
        WHEN $2::text IS NOT NULL THEN c.relname = $2::text
        ELSE NOT c.relispartition
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
            )
    END
ORDER BY c.relname COLLATE "C"
