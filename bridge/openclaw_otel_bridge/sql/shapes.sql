-- name: lock
-- one reader at a time
select pg_try_advisory_xact_lock(7345000000000000002)

-- name: take
-- what is to be read, one row a grouping; ranges of one that were noted apart are read as one
with taken as (
    delete from attribute_unread u
    where u.ctid = any(array(select ctid from attribute_unread limit %(rows)s for update skip locked))
    returning grouping_id, since, until, before
)
select grouping_id, min(since)::text, max(until)::text, case when count(*) = 1 then min(before::text) end from taken
group by grouping_id order by grouping_id

-- name: read
-- of each grouping the latest events of its range, as many as are asked for: how many, the last one, and which values
-- they have
with read as materialized (
    select a.grouping_id, e.day, e.occurred_at, e.id, e.release, e.attributes
    from unnest(%(groupings)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(before)s::uuid[])
         as a (grouping_id, since, until, before)
    cross join lateral (
        select e.day, e.occurred_at, e.id, e.release, e.attributes from events e
        where e.grouping_id = a.grouping_id and e.occurred_at between a.since and a.until
          and (a.before is null or (e.occurred_at, e.id) < (a.until, a.before))
        order by e.occurred_at desc, e.id desc limit %(most)s) e
), told as (
    select distinct r.grouping_id, v.name, lower(v.value collate "C") as value
    from read r cross join lateral (
        select k.key as name, x.value
        from jsonb_each(r.attributes) k
        cross join lateral jsonb_array_elements_text(
            case jsonb_typeof(k.value) when 'array' then k.value else jsonb_build_array(k.value) end) x
        union all select %(release)s::text, r.release) v
    where v.value is not null
)
select n.grouping_id, n.n, n.days, n.last_at, n.last_id, coalesce(t.names, '{}'), coalesce(t.texts, '{}')
from (select grouping_id, count(*) as n, array_agg(distinct day) as days, min(occurred_at)::text as last_at,
             (array_agg(id::text order by occurred_at, id))[1] as last_id
      from read group by grouping_id) n
left join (select grouping_id, array_agg(name) as names, array_agg(value) as texts from told group by grouping_id) t
     using (grouping_id)

-- name: add_days
-- the days of events that were read
insert into read_groupings as r (grouping_id, days)
select a.grouping_id, array_agg(a.day order by a.day desc)
from unnest(%(groupings)s::bigint[], %(days)s::date[]) a (grouping_id, day) group by a.grouping_id
on conflict (grouping_id) do update
set days = array(select distinct d from unnest(r.days || excluded.days) d order by d desc)
where not r.days @> excluded.days

-- name: forget_days
-- days that are over and of which nothing is stored any more
update read_groupings r
set days = array(select d from unnest(r.days) d
                 where d >= %(oldest)s or exists (select from events e where e.grouping_id = r.grouping_id and e.day = d)
                 order by d desc)
where r.days[cardinality(r.days)] < %(oldest)s

-- name: put_back
-- what is left to read
insert into attribute_unread (grouping_id, since, until, before)
select * from unnest(%(groupings)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(before)s::uuid[])

-- name: known
-- the shapes of groupings
select l.grouping_id, s.name, s.shape from shaped_groupings l join attribute_shapes s on s.id = l.shape_id
where l.grouping_id = any(%(groupings)s::bigint[])

-- name: add_shapes
-- shapes nobody has had before
insert into attribute_shapes (name, shape) select distinct * from unnest(%(names)s::text[], %(shapes)s::text[])
on conflict do nothing

-- name: link
-- groupings have these
insert into shaped_groupings (shape_id, grouping_id)
select s.id, a.grouping_id from unnest(%(groupings)s::bigint[], %(names)s::text[], %(shapes)s::text[])
    as a (grouping_id, name, shape)
join attribute_shapes s on s.name = a.name and s.shape = a.shape
on conflict do nothing

-- name: unlink
-- and these no more
delete from shaped_groupings l using attribute_shapes s,
    unnest(%(groupings)s::bigint[], %(names)s::text[], %(shapes)s::text[]) as a (grouping_id, name, shape)
where s.name = a.name and s.shape = a.shape and l.shape_id = s.id and l.grouping_id = a.grouping_id

-- name: forget
-- shapes that no grouping has any more
delete from attribute_shapes s where not exists (select from shaped_groupings l where l.shape_id = s.id)
