-- The indexes of tables ($1, an array of their numbers) that no constraint made, a row per element.
SELECT
    i.indrelid::bigint,
    i.indexrelid::bigint,
    c.relname::text,
    i.indisunique,
    pg_get_expr(i.indpred, i.indrelid, true),
    a.attname::text,
    pg_get_indexdef(i.indexrelid, e.place, true),
    i.indoption[e.place - 1] & 1 = 1,
    -- Element by element, the collation that is not the column's own, or for an expression not the database's.
    CASE WHEN i.indcollation[e.place - 1] <> coalesce(a.attcollation, 'pg_catalog."default"'::regcollation) THEN l.collname::text END
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS e (place)
LEFT JOIN pg_catalog.pg_attribute a
    ON a.attrelid = i.indrelid AND a.attnum = i.indkey[e.place - 1] AND a.attnum <> 0
LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[e.place - 1]
WHERE i.indrelid = ANY ($1::oid[])
    AND i.indislive
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    )
ORDER BY i.indrelid, i.indexrelid, e.place
