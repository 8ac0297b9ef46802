-- name: write_article
-- what one resolution taught, with the groupings that lead to the issue now
insert into articles (project_id, issue_id, title, platform, operation, category, code, root_cause_kind,
                      root_cause_text, fix_kind, fix_text, grouping_keys, words, author_id)
values (%(project_id)s, %(issue_id)s, %(title)s, %(platform)s, %(operation)s, %(category)s, %(code)s,
        %(root_cause_kind)s, %(root_cause_text)s, %(fix_kind)s, %(fix_text)s,
        array(select key from groupings where issue_id = %(issue_id)s order by id limit 1000),
        array_to_tsvector(%(words)s::text[]), %(author_id)s)
returning id

-- name: candidates
-- articles of the same grouping, of the same platform and code, or that share a word
select a.id, a.project_id, a.issue_id, a.title, a.platform, a.operation, a.category, a.code, a.root_cause_kind,
       a.root_cause_text, a.fix_kind, a.fix_text, a.grouping_keys, a.author_id, p.name as author, a.created_at,
       a.updated_at, c.same_grouping, c.same_code, tsvector_to_array(a.words) as lexemes
from (
    (select id, true as same_grouping, false as same_code, 1 as rank from articles
     where project_id = %(project_id)s
       and grouping_keys && array(select key from groupings where issue_id = %(issue_id)s limit 1000)
     order by created_at desc limit %(most)s)
    union all
    (select id, false, true, 2 from articles
     where project_id = %(project_id)s and code = %(code)s and platform is not distinct from %(platform)s
     order by created_at desc limit %(most)s)
    union all
    (select id, false, false, 3 from articles
     where project_id = %(project_id)s and words @@ %(asked)s::tsquery
     order by ts_rank(words, %(asked)s::tsquery) desc, created_at desc limit %(most)s)
) c join articles a on a.id = c.id left join people p on p.id = a.author_id
order by c.rank

-- name: latest_of
-- the latest article of one issue
select a.id, a.project_id, a.issue_id, a.title, a.platform, a.operation, a.category, a.code, a.root_cause_kind,
       a.root_cause_text, a.fix_kind, a.fix_text, a.grouping_keys, a.author_id, p.name as author, a.created_at,
       a.updated_at
from articles a left join people p on p.id = a.author_id
where a.issue_id = %(issue_id)s order by a.created_at desc, a.id desc limit 1
