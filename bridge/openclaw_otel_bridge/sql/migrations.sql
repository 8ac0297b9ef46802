-- name: create_table
-- Which migrations this database has had.
create table if not exists schema_migrations (
    name        text primary key,
    checksum    text not null,
    applied_at  timestamptz not null default now()
)

-- name: table_exists
-- Null when no migration ever ran here.
select to_regclass('schema_migrations')

-- name: applied
-- Names and checksums of what ran.
select name, checksum from schema_migrations

-- name: record
-- One file has been applied.
insert into schema_migrations (name, checksum) values (%s, %s)
