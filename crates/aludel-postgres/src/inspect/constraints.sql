-- The constraints of tables ($1, an array of their numbers) in the order of their making, a row per column.
SELECT
    k.conrelid::bigint,
    k.oid::bigint,
    k.conname::text,
    k.contype::text,
    a.attname::text,
    n.nspname::text,
    n.nspname = current_schema(),
    f.relname::text,
    b.attname::text,
    k.confupdtype::text,
    k.confdeltype::text,
    k.condeferrable,
    k.condeferred,
    CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid, true) END
FROM pg_catalog.pg_constraint k
LEFT JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, place) ON k.contype <> 'c'
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace
LEFT JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
WHERE k.conrelid = ANY ($1::oid[])
    AND k.contype IN ('p', 'u', 'f', 'c')
    -- A key to a partitioned table has one more for each partition of that.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid
    )
ORDER BY k.conrelid, k.oid, u.place
