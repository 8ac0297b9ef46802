-- name: lock
-- one maker of partitions at a time
select pg_advisory_xact_lock(7237128888997146741)

-- name: exists
-- whether the partition is there; by a scan, because to_regclass may answer from a cache older than the lock
select true from pg_class where relname = %s and relnamespace = current_schema()::regnamespace

-- name: make
-- attached rather than made in place: the parent stays usable meanwhile
create table {child} (like {parent} including all)

-- name: hold_default
-- nobody may put rows of this day aside while they are moved
lock table {default} in access exclusive mode

-- name: move
-- rows that came when the day had no partition
with moved as (delete from {default} where day = {day} returning *) insert into {child} select * from moved

-- name: attach
-- from now on rows of the day go there
alter table {parent} attach partition {child} for values from ({day}) to ({next_day})

-- name: children
-- the partitions of a table by name
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = to_regclass(%s) and c.relname <> %s || '_default' order by 1

-- name: never_analyzed
-- whether the partition is there and nothing is known of what it holds
select true from pg_class where relname = %s and relnamespace = current_schema()::regnamespace and reltuples < 0

-- name: detach
-- readers go on while the partition leaves
alter table {parent} detach partition {child}

-- name: drop
-- all at once, without dead rows
drop table {child}

-- name: purge_received
-- rows outside the window of partitions, by the time of receipt
delete from {default} where received_at < {cutoff}

-- name: purge_chunks
-- the same for chunks, whose ids hold the time of receipt
delete from {default} where {chunk} < {cutoff}

-- name: purge_copies
-- copies whose event is gone
delete from event_copies_default k
where not exists (select from events e where e.day = k.event_day and e.id = k.event_id and e.project_id = k.project_id)
