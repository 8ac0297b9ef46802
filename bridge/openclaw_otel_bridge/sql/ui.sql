-- name: failures
-- failed logins of the last quarter of an hour: of this e-mail from this address, of the address, of the e-mail
select count(*) filter (where object = %(email)s and data ->> 'ip' = %(ip)s) as both,
       count(*) filter (where data ->> 'ip' = %(ip)s) as address,
       count(*) filter (where object = %(email)s) as email
from audit_log where action = 'login.failed' and at > now() - interval '15 minutes'
  and (object = %(email)s or data ->> 'ip' = %(ip)s)

-- name: note_login
-- one attempt: login.ok or login.failed
insert into audit_log (person_id, action, object, data) values (%(person)s, %(action)s, %(email)s, %(data)s)

-- name: set_locale
-- the language a person chose
update people set locale = %(locale)s where id = %(id)s

-- name: keys
-- the project's keys, without the keys themselves
select kind, label, created_at from project_keys where project_id = %(project)s and revoked_at is null order by id

-- name: set_solo
-- whether one person may resolve alone
update projects set settings = jsonb_set(settings, '{solo_resolve}', to_jsonb(%(solo)s::boolean)) where id = %(project)s

-- name: deliveries
-- one page of deliveries, the latest first
select d.id, d.kind, d.issue_id, d.status, d.attempts, d.next_attempt_at, d.created_at, d.channel_id,
       c.name as channel_name
from deliveries d join channels c on c.id = d.channel_id
where d.project_id = %(project)s and (%(status)s::text is null or d.status = %(status)s)
  and (%(channel)s::bigint is null or d.channel_id = %(channel)s)
  and (%(issue)s::bigint is null or d.issue_id = %(issue)s)
  and (%(before)s::bigint is null or d.id < %(before)s)
order by d.id desc limit %(limit)s

-- name: tries
-- every attempt of several deliveries
select delivery_id, n, at, duration_ms, http_status, outcome, answer from delivery_attempts
where delivery_id = any(%(ids)s) order by delivery_id, n

-- name: articles
-- one page of articles, the latest first; with a search those that hold any of the words, the best first
select a.id, a.project_id, a.issue_id, a.title, a.platform, a.operation, a.category, a.code, a.root_cause_kind,
       a.root_cause_text, a.fix_kind, a.fix_text, a.grouping_keys, a.author_id, p.name as author, a.created_at,
       a.updated_at
from articles a left join people p on p.id = a.author_id
where a.project_id = %(project)s and (%(asked)s::text is null or a.words @@ %(asked)s::tsquery)
  and (%(before)s::bigint is null or a.id < %(before)s)
order by case when %(asked)s::text is null then 0 else ts_rank(a.words, %(asked)s::tsquery) end desc, a.id desc
limit %(limit)s

-- name: article
-- one article
select a.id, a.project_id, a.issue_id, a.title, a.platform, a.operation, a.category, a.code, a.root_cause_kind,
       a.root_cause_text, a.fix_kind, a.fix_text, a.grouping_keys, a.author_id, p.name as author, a.created_at,
       a.updated_at
from articles a left join people p on p.id = a.author_id
where a.id = %(id)s and a.project_id = %(project)s
