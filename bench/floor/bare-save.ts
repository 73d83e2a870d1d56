const columns = `name, title, description, syntax, variables, declared_variables, settings, data, meta, tags, grants, author_id`;

/** One commit: the prompt's next revision, with the content $2, and `pointers` moved to it. $1 tells the prompt. */
export function bareSave(name: string, prompt: string, pointers: string) {
  return {
    name,
    text: `with p as (
             update prompt set revision_count = revision_count + 1, updated_at = now() where ${prompt}
             returning id, revision_count
           ), r as (
             insert into revision (
               id, prompt_id, number, parent, digest, content, commit_message, created_at, ${columns}
             )
             select gen_random_uuid(), p.id, p.revision_count, r.number,
               encode(sha256(convert_to($2, 'UTF8')), 'hex'), $2, 'Save', now(), ${columns}
             from p join revision r on r.prompt_id = p.id and r.number = p.revision_count - 1
             returning prompt_id, number
           )
           update label l set revision = r.number, moved_at = now() from r
           where l.prompt_id = r.prompt_id and l.name in (${pointers}) returning l.prompt_id as id, l.revision`,
  };
}
