-- Finding persons and accounts as one types: any word of the name, by its beginning. Words stand in tables of their
-- own, as only plain comparisons run along an index under row-level security (a text search's do not: they are not
-- leakproof, PostgreSQL, "Rules and Privileges"). No constraints: rows are written by the thousand during an import.

-- The words of a name as they are looked for: without case, accents, dots and apostrophes, each told once. Written
-- words and typed ones both come from here.
CREATE FUNCTION name_words(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY(
        SELECT DISTINCT left(word, 60)
        FROM regexp_split_to_table(
            replace(translate(
                lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f''’ʼ.]', '', 'g')),
                'øØłŁđĐðÐı', 'oollddddi'), 'ß', 'ss'),
            '[][\s,;:/\\|&+_(){}<>"“”„«»`´@#!?*=–—-]+') AS word
        WHERE word <> ''
    );

CREATE TABLE person_word (
    organisation_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    person_id uuid NOT NULL
);
SELECT guard('person_word');

CREATE TABLE account_word (
    organisation_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL
);
SELECT guard('account_word');

-- One organisation after the other, as who is no superuser sees no more than one at a time.
DO $$
DECLARE
    present uuid;
BEGIN
    PERFORM set_config('offhook.across_organisations', 'on', true);
    FOR present IN SELECT organisation_id FROM organisation LOOP
        PERFORM set_config('offhook.organisation_id', present::text, true);
        INSERT INTO person_word (organisation_id, word, person_id)
            SELECT present, word, id
            FROM person, unnest(name_words(concat_ws(' ', first_name, last_name, full_name))) AS word
            WHERE organisation_id = present;
        INSERT INTO account_word (organisation_id, word, account_id)
            SELECT present, word, id FROM account, unnest(name_words(name)) AS word WHERE organisation_id = present;
    END LOOP;
    PERFORM set_config('offhook.organisation_id', '', true), set_config('offhook.across_organisations', '', true);
END $$;

CREATE INDEX person_word_word ON person_word (organisation_id, word, person_id);
CREATE INDEX account_word_word ON account_word (organisation_id, word, account_id);

-- How an address begins is a range along contact_point_value where it is compared byte by byte, as all else here.
ALTER TABLE contact_point ALTER COLUMN value TYPE text COLLATE "C";
