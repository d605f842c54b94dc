-- Views and triggers of a schema ($1, NULL for the default one). Views come first, because a trigger may be on one,
-- and each behind those that it reads.
WITH RECURSIVE
wanted AS (
    SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = coalesce($1::text, current_schema()::text)
),
views AS (
    SELECT c.oid, c.relname, c.relkind, c.reloptions
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = (SELECT oid FROM wanted)
        AND c.relkind IN ('v', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
),
reads AS (
    SELECT DISTINCT r.ev_class AS reader, d.refobjid AS source
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    WHERE d.refobjid <> r.ev_class
),
levels AS (
    SELECT v.oid, 0 AS level FROM views v
    UNION
    SELECT r.reader, l.level + 1
    FROM levels l
    JOIN reads r ON r.source = l.oid
    JOIN views v ON v.oid = r.reader
),
objects AS (
    SELECT
        1 AS rank,
        max(l.level) AS level,
        v.oid,
        false AS trigger,
        v.relname::text AS name,
        NULL::text AS on_table,
        format(
            'CREATE %s %s%s AS %s',
            CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
            CASE WHEN $1::text IS NULL THEN quote_ident(v.relname) ELSE format('%I.%I', $1::text, v.relname) END,
            CASE WHEN v.reloptions IS NULL THEN '' ELSE format(' WITH (%s)', array_to_string(v.reloptions, ', ')) END,
            rtrim(btrim(pg_get_viewdef(v.oid), E' \n'), ';')
        ) AS sql
    FROM views v
    JOIN levels l ON l.oid = v.oid
    GROUP BY v.oid, v.relname, v.relkind, v.reloptions
    UNION ALL
    SELECT 2, 0, t.oid, true, t.tgname::text, c.relname::text, pg_get_triggerdef(t.oid)
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = (SELECT oid FROM wanted)
        AND NOT t.tgisinternal
        -- A partition's copy of its parent's trigger says so in a way that newer versions alone can tell.
        AND NOT (c.relispartition AND EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_trigger'::regclass
        ))
)
SELECT trigger, name, on_table, sql FROM objects ORDER BY rank, level, oid
