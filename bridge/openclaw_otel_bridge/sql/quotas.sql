-- name: count
-- events stored just now, by the process that stores them; a new minute or day begins at nothing
insert into quota_usage as q (project_id, writer, minute, in_minute, day, in_day)
select c.project_id, %(writer)s, date_trunc('minute', now()), c.n, (now() at time zone 'UTC')::date, c.n
from unnest(%(projects)s::int[], %(counts)s::bigint[]) as c (project_id, n)
on conflict (project_id, writer) do update set
    in_minute = excluded.in_minute + case when q.minute = excluded.minute then q.in_minute else 0 end,
    in_day = excluded.in_day + case when q.day = excluded.day then q.in_day else 0 end,
    minute = excluded.minute, day = excluded.day

-- name: usage
-- what all processes have stored of these projects in this minute and on this day, and the seconds left of both
select p.id as project_id,
       coalesce(sum(q.in_minute) filter (where q.minute = date_trunc('minute', now())), 0)::bigint as in_minute,
       coalesce(sum(q.in_day) filter (where q.day = (now() at time zone 'UTC')::date), 0)::bigint as in_day,
       extract(epoch from date_trunc('minute', now()) + interval '1 minute' - now())::float as minute_left,
       extract(epoch from date_trunc('day', now() at time zone 'UTC') + interval '1 day' - now() at time zone 'UTC')::float
           as day_left
from unnest(%(projects)s::int[]) as p (id) left join quota_usage q on q.project_id = p.id
group by p.id

-- name: expire
-- what processes that are gone have left
delete from quota_usage where day < (now() at time zone 'UTC')::date - 1
