-- The columns of tables ($1, an array of their numbers).
SELECT
    a.attrelid::bigint,
    a.attname::text,
    format_type(a.atttypid, a.atttypmod),
    a.attnotnull,
    -- A default keeps the parentheses that its grammar may need.
    pg_get_expr(d.adbin, d.adrelid, a.attgenerated <> ''),
    a.attgenerated::text,
    -- Numbered by the server: an identity, or a sequence of the column's own that the default draws from (`serial`).
    a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false) AND EXISTS (
        SELECT FROM pg_catalog.pg_depend s
        WHERE s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass
            AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'a'
    ),
    CASE WHEN a.attcollation <> t.typcollation THEN l.collname::text END,
    col_description(a.attrelid, a.attnum)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
