--
-- PostgreSQL database dump
--

\restrict hubbub


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA public;


--
-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA public IS 'standard public schema';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: announcement; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.announcement (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    item_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    must_read boolean DEFAULT false NOT NULL,
    archived_at timestamp with time zone,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    send_emails boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.announcement FORCE ROW LEVEL SECURITY;


--
-- Name: announcement_reading; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.announcement_reading (
    org_id integer NOT NULL,
    announcement_id bigint NOT NULL,
    user_id bigint NOT NULL,
    read_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.announcement_reading FORCE ROW LEVEL SECURITY;


--
-- Name: app_consent; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_consent (
    org_id integer NOT NULL,
    app_id bigint NOT NULL,
    user_id bigint NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.app_consent FORCE ROW LEVEL SECURITY;


--
-- Name: app_group; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_group (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    hierarchy boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT app_group_kind_check CHECK ((kind = ANY (ARRAY['group'::text, 'queue'::text])))
);

ALTER TABLE ONLY public.app_group FORCE ROW LEVEL SECURITY;


--
-- Name: app_permission_set; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_permission_set (
    org_id integer NOT NULL,
    app_id bigint NOT NULL,
    permission_set_id bigint NOT NULL
);

ALTER TABLE ONLY public.app_permission_set FORCE ROW LEVEL SECURITY;


--
-- Name: app_user; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_user (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    login_id bigint,
    username text NOT NULL,
    email text NOT NULL,
    first_name text,
    last_name text NOT NULL,
    name text NOT NULL,
    title text,
    about text,
    role_id bigint,
    guest boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    locale text DEFAULT 'en_US'::text NOT NULL,
    external_id text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    modified_at timestamp with time zone DEFAULT now() NOT NULL,
    nickname text,
    department text,
    city text,
    country text,
    phone text,
    mobile text,
    work_from text,
    work_to text,
    manager_id bigint,
    photo_id bigint,
    banner_id bigint
);

ALTER TABLE ONLY public.app_user FORCE ROW LEVEL SECURITY;


--
-- Name: ask; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ask (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    record_id bigint NOT NULL,
    kind text NOT NULL,
    urgency text NOT NULL,
    sealed boolean DEFAULT false NOT NULL,
    published_id bigint,
    thanked_at timestamp with time zone,
    unsealed_at timestamp with time zone,
    CONSTRAINT ask_urgency_check CHECK ((urgency = ANY (ARRAY['whenever'::text, 'week'::text, 'today'::text])))
);

ALTER TABLE ONLY public.ask FORCE ROW LEVEL SECURITY;


--
-- Name: ask_person; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ask_person (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    user_id bigint NOT NULL,
    via text NOT NULL,
    CONSTRAINT ask_person_via_check CHECK ((via = ANY (ARRAY['team'::text, 'chosen'::text, 'expert'::text])))
);

ALTER TABLE ONLY public.ask_person FORCE ROW LEVEL SECURITY;


--
-- Name: authorization_code; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.authorization_code (
    org_id integer NOT NULL,
    code_hash bytea NOT NULL,
    app_id bigint NOT NULL,
    user_id bigint NOT NULL,
    callback text NOT NULL,
    scopes text[] NOT NULL,
    challenge text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    token_id bigint,
    nonce text
);

ALTER TABLE ONLY public.authorization_code FORCE ROW LEVEL SECURITY;


--
-- Name: company_domain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.company_domain (
    domain text NOT NULL,
    org_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: connected_app; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.connected_app (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    client_id text NOT NULL,
    name text NOT NULL,
    secret_hash bytea,
    run_as bigint,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    callbacks text[] DEFAULT '{}'::text[] NOT NULL,
    scopes text[] DEFAULT '{api,chatter_api,id,refresh_token}'::text[] NOT NULL,
    public boolean DEFAULT false NOT NULL,
    rotates boolean DEFAULT false NOT NULL,
    refresh_days integer DEFAULT 90 NOT NULL,
    for_everybody boolean DEFAULT true NOT NULL,
    CONSTRAINT connected_app_public_has_no_secret CHECK (((NOT public) OR ((secret_hash IS NULL) AND rotates)))
);

ALTER TABLE ONLY public.connected_app FORCE ROW LEVEL SECURITY;


--
-- Name: custom_field; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.custom_field (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    object integer NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    type text NOT NULL,
    slot text NOT NULL,
    definition jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.custom_field FORCE ROW LEVEL SECURITY;


--
-- Name: digest_day; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.digest_day (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    day date NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.digest_day FORCE ROW LEVEL SECURITY;


--
-- Name: digest_setting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.digest_setting (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    hour smallint NOT NULL,
    CONSTRAINT digest_setting_hour_check CHECK (((hour >= 0) AND (hour <= 23)))
);

ALTER TABLE ONLY public.digest_setting FORCE ROW LEVEL SECURITY;


--
-- Name: digest_turn; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.digest_turn (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    next_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.digest_turn FORCE ROW LEVEL SECURITY;


--
-- Name: draft; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.draft (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    place_id bigint NOT NULL,
    form jsonb NOT NULL,
    earlier jsonb DEFAULT '[]'::jsonb NOT NULL,
    publish_at timestamp with time zone,
    refused text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    saved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.draft FORCE ROW LEVEL SECURITY;


--
-- Name: event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    name text NOT NULL,
    actor_id bigint,
    noun_id bigint,
    parent_id bigint,
    client text,
    address text,
    request_id text,
    before jsonb,
    after jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.event FORCE ROW LEVEL SECURITY;


--
-- Name: favorite; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.favorite (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    target_id bigint,
    search_text text,
    name text NOT NULL,
    viewed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    followed_id bigint,
    CONSTRAINT favorite_kind_check CHECK ((kind = ANY (ARRAY['search'::text, 'topic'::text, 'list'::text])))
);

ALTER TABLE ONLY public.favorite FORCE ROW LEVEL SECURITY;


--
-- Name: feed_change; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_change (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    field_id bigint NOT NULL,
    "position" smallint NOT NULL,
    old_value jsonb,
    new_value jsonb,
    words tsvector GENERATED ALWAYS AS ((COALESCE(jsonb_to_tsvector('simple'::regconfig, old_value, '["string"]'::jsonb), ''::tsvector) || COALESCE(jsonb_to_tsvector('simple'::regconfig, new_value, '["string"]'::jsonb), ''::tsvector))) STORED
);

ALTER TABLE ONLY public.feed_change FORCE ROW LEVEL SECURITY;


--
-- Name: feed_comment; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_comment (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    item_id bigint NOT NULL,
    author_id bigint NOT NULL,
    body jsonb NOT NULL,
    like_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by bigint,
    thread_parent_id bigint,
    level smallint DEFAULT 0 NOT NULL,
    reply_count integer DEFAULT 0 NOT NULL,
    up_count integer DEFAULT 0 NOT NULL,
    down_count integer DEFAULT 0 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    edited_at timestamp with time zone,
    edited_by bigint,
    verified_at timestamp with time zone,
    verified_by bigint,
    words tsvector GENERATED ALWAYS AS (jsonb_to_tsvector('simple'::regconfig, jsonb_path_query_array(body, '$[*]?(@."type" != "EntityLink")."text"'::jsonpath), '["string"]'::jsonb)) STORED,
    hidden_at timestamp with time zone,
    CONSTRAINT feed_comment_hidden CHECK (((hidden_at IS NULL) OR (deleted_at IS NOT NULL))),
    CONSTRAINT feed_comment_level_check CHECK (((level >= 0) AND (level <= 2)))
)
WITH (fillfactor='85', toast_tuple_target='128');
ALTER TABLE ONLY public.feed_comment ALTER COLUMN body SET STORAGE MAIN;
ALTER TABLE ONLY public.feed_comment ALTER COLUMN words SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.feed_comment FORCE ROW LEVEL SECURITY;


--
-- Name: feed_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_entry (
    org_id integer NOT NULL,
    subject_id bigint NOT NULL,
    item_id bigint NOT NULL,
    via text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_activity timestamp with time zone NOT NULL,
    field_ids bigint[],
    topic_name text,
    question boolean DEFAULT false NOT NULL,
    CONSTRAINT feed_entry_via_check CHECK ((via = ANY (ARRAY['parent'::text, 'author'::text, 'mention'::text, 'topic'::text, 'related'::text, 'search'::text])))
)
WITH (fillfactor='85');

ALTER TABLE ONLY public.feed_entry FORCE ROW LEVEL SECURITY;


--
-- Name: feed_flag; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_flag (
    org_id integer NOT NULL,
    target_id bigint NOT NULL,
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feed_flag_kind_check CHECK ((kind = ANY (ARRAY['FlagAsInappropriate'::text, 'FlagAsSpam'::text])))
);

ALTER TABLE ONLY public.feed_flag FORCE ROW LEVEL SECURITY;


--
-- Name: feed_image; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_image (
    org_id integer NOT NULL,
    file_id bigint NOT NULL,
    item_id bigint NOT NULL,
    target_id bigint NOT NULL
);

ALTER TABLE ONLY public.feed_image FORCE ROW LEVEL SECURITY;


--
-- Name: feed_item; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_item (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    parent_id bigint NOT NULL,
    author_id bigint NOT NULL,
    kind text NOT NULL,
    body jsonb DEFAULT '[]'::jsonb NOT NULL,
    field_ids bigint[],
    internal_only boolean DEFAULT false NOT NULL,
    like_count integer DEFAULT 0 NOT NULL,
    comment_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_activity timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by bigint,
    title text,
    up_count integer DEFAULT 0 NOT NULL,
    down_count integer DEFAULT 0 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    edited_at timestamp with time zone,
    edited_by bigint,
    closed_at timestamp with time zone,
    closed_by bigint,
    best_comment_id bigint,
    best_by bigint,
    shared_id bigint,
    was_shared boolean DEFAULT false NOT NULL,
    detail jsonb,
    seal bytea,
    words tsvector GENERATED ALWAYS AS ((to_tsvector('simple'::regconfig, COALESCE(title, ''::text)) || jsonb_to_tsvector('simple'::regconfig, jsonb_path_query_array(body, '$[*]?(@."type" != "EntityLink")."text"'::jsonpath), '["string"]'::jsonb))) STORED,
    hidden_at timestamp with time zone,
    hidden_by bigint
)
WITH (fillfactor='85', toast_tuple_target='128');
ALTER TABLE ONLY public.feed_item ALTER COLUMN body SET STORAGE MAIN;
ALTER TABLE ONLY public.feed_item ALTER COLUMN field_ids SET STORAGE MAIN;
ALTER TABLE ONLY public.feed_item ALTER COLUMN title SET STORAGE MAIN;
ALTER TABLE ONLY public.feed_item ALTER COLUMN detail SET STORAGE MAIN;
ALTER TABLE ONLY public.feed_item ALTER COLUMN words SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.feed_item FORCE ROW LEVEL SECURITY;


--
-- Name: feed_like; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_like (
    org_id integer NOT NULL,
    target_id bigint NOT NULL,
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    face text DEFAULT 'like'::text NOT NULL
);

ALTER TABLE ONLY public.feed_like FORCE ROW LEVEL SECURITY;


--
-- Name: feed_limits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_limits (
    org_id integer NOT NULL,
    most_tracked integer DEFAULT 20 NOT NULL,
    quiet_days integer DEFAULT 45 NOT NULL,
    most_characters integer DEFAULT 10000 NOT NULL,
    most_followed integer,
    link_previews boolean DEFAULT false NOT NULL,
    CONSTRAINT feed_limits_most_characters_check CHECK (((most_characters >= 1000) AND (most_characters <= 100000))),
    CONSTRAINT feed_limits_most_followed_check CHECK ((most_followed > 0)),
    CONSTRAINT feed_limits_most_tracked_check CHECK (((most_tracked >= 1) AND (most_tracked <= 200))),
    CONSTRAINT feed_limits_quiet_days_check CHECK (((quiet_days >= 0) AND (quiet_days <= 3650)))
);

ALTER TABLE ONLY public.feed_limits FORCE ROW LEVEL SECURITY;


--
-- Name: feed_made; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_made (
    org_id integer NOT NULL,
    record_id bigint NOT NULL,
    item_id bigint NOT NULL,
    made_by bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.feed_made FORCE ROW LEVEL SECURITY;


--
-- Name: feed_mark; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_mark (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    item_id bigint NOT NULL,
    bookmarked_at timestamp with time zone,
    muted_at timestamp with time zone,
    followed_at timestamp with time zone,
    read_at timestamp with time zone
)
WITH (fillfactor='85');

ALTER TABLE ONLY public.feed_mark FORCE ROW LEVEL SECURITY;


--
-- Name: feed_pin; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_pin (
    org_id integer NOT NULL,
    subject_id bigint NOT NULL,
    item_id bigint NOT NULL,
    pinned_by bigint NOT NULL,
    pinned_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.feed_pin FORCE ROW LEVEL SECURITY;


--
-- Name: feed_revision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_revision (
    org_id integer NOT NULL,
    target_id bigint NOT NULL,
    revision integer NOT NULL,
    title text,
    body jsonb NOT NULL,
    edited_at timestamp with time zone NOT NULL,
    edited_by bigint NOT NULL
);

ALTER TABLE ONLY public.feed_revision FORCE ROW LEVEL SECURITY;


--
-- Name: feed_seen; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_seen (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    feed text NOT NULL,
    at timestamp with time zone NOT NULL,
    item_id bigint NOT NULL
);

ALTER TABLE ONLY public.feed_seen FORCE ROW LEVEL SECURITY;


--
-- Name: feed_share; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_share (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    user_id bigint NOT NULL,
    shared_by bigint NOT NULL,
    shared_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.feed_share FORCE ROW LEVEL SECURITY;


--
-- Name: feed_subject; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_subject (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    bump timestamp with time zone NOT NULL,
    post_bump timestamp with time zone NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.feed_subject FORCE ROW LEVEL SECURITY;


--
-- Name: feed_tracking; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_tracking (
    org_id integer NOT NULL,
    field_id bigint NOT NULL,
    tracked boolean NOT NULL
);

ALTER TABLE ONLY public.feed_tracking FORCE ROW LEVEL SECURITY;


--
-- Name: feed_tracking_object; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_tracking_object (
    org_id integer NOT NULL,
    object integer NOT NULL,
    told boolean DEFAULT true NOT NULL,
    related boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.feed_tracking_object FORCE ROW LEVEL SECURITY;


--
-- Name: feed_vote; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feed_vote (
    org_id integer NOT NULL,
    target_id bigint NOT NULL,
    user_id bigint NOT NULL,
    up boolean NOT NULL,
    voted_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.feed_vote FORCE ROW LEVEL SECURITY;


--
-- Name: field_history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.field_history (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    record_id bigint NOT NULL,
    field_id bigint NOT NULL,
    version integer NOT NULL,
    old_value jsonb,
    new_value jsonb,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.field_history FORCE ROW LEVEL SECURITY;


--
-- Name: field_permission; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.field_permission (
    org_id integer NOT NULL,
    permission_set_id bigint NOT NULL,
    field_id bigint NOT NULL,
    can_edit boolean DEFAULT false NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE ONLY public.field_permission FORCE ROW LEVEL SECURITY;


--
-- Name: file; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.file (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    title text NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes integer NOT NULL,
    digest text NOT NULL,
    small_digest text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.file FORCE ROW LEVEL SECURITY;


--
-- Name: first_follow; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.first_follow (
    org_id integer NOT NULL,
    subject_id bigint NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.first_follow FORCE ROW LEVEL SECURITY;


--
-- Name: follow; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.follow (
    org_id integer NOT NULL,
    follower_id bigint NOT NULL,
    subject_id bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    level text DEFAULT 'all'::text NOT NULL,
    CONSTRAINT follow_level_check CHECK ((level = ANY (ARRAY['all'::text, 'mentions'::text, 'digest'::text, 'mute'::text])))
);

ALTER TABLE ONLY public.follow FORCE ROW LEVEL SECURITY;


--
-- Name: followed_search; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.followed_search (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    query tsquery NOT NULL
);

ALTER TABLE ONLY public.followed_search FORCE ROW LEVEL SECURITY;


--
-- Name: group_member; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.group_member (
    org_id integer NOT NULL,
    group_id bigint NOT NULL,
    member_id bigint NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE ONLY public.group_member FORCE ROW LEVEL SECURITY;


--
-- Name: id_block; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.id_block (
    name text NOT NULL,
    next bigint NOT NULL
);


--
-- Name: idempotency_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_key (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;


--
-- Name: invitation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitation (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    email text NOT NULL,
    invited_by bigint NOT NULL,
    message text,
    state text DEFAULT 'waiting'::text NOT NULL,
    mail_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    expires_at timestamp with time zone,
    accepted_at timestamp with time zone,
    accepted_by bigint,
    CONSTRAINT invitation_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'accepted'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.invitation FORCE ROW LEVEL SECURITY;


--
-- Name: link_preview; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.link_preview (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    url text NOT NULL,
    state text NOT NULL,
    title text,
    description text,
    site text,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT link_preview_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'shown'::text, 'none'::text, 'removed'::text])))
);

ALTER TABLE ONLY public.link_preview FORCE ROW LEVEL SECURITY;


--
-- Name: list_view; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.list_view (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    object integer NOT NULL,
    owner_id bigint NOT NULL,
    name text NOT NULL,
    shared boolean DEFAULT false NOT NULL,
    mine boolean DEFAULT false NOT NULL,
    filters jsonb DEFAULT '[]'::jsonb NOT NULL,
    columns jsonb NOT NULL,
    sort_id bigint NOT NULL,
    descending boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    modified_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.list_view FORCE ROW LEVEL SECURITY;


--
-- Name: login; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login (
    id bigint NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    verified_at timestamp with time zone
);


--
-- Name: login_name; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login_name (
    name text NOT NULL,
    login_id bigint NOT NULL
);


--
-- Name: login_org; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login_org (
    login_id bigint NOT NULL,
    org_id integer NOT NULL,
    user_id bigint NOT NULL
);


--
-- Name: look_alike; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.look_alike (
    org_id integer NOT NULL,
    domain text NOT NULL,
    own text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.look_alike FORCE ROW LEVEL SECURITY;


--
-- Name: mail; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mail (
    id text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    lines text[] NOT NULL,
    label text,
    address text,
    secret boolean DEFAULT false NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    problem text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mail_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'kept'::text, 'refused'::text, 'unsure'::text])))
);


--
-- Name: mail_link; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mail_link (
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    into_org integer,
    noun_id bigint,
    CONSTRAINT mail_link_purpose_check CHECK ((purpose = ANY (ARRAY['sign-up'::text, 'password'::text, 'invitation'::text, 'domain'::text])))
);


--
-- Name: migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: notice; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notice (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    reason text NOT NULL,
    noun_id bigint NOT NULL,
    actor_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone,
    read_at timestamp with time zone
)
WITH (fillfactor='85');

ALTER TABLE ONLY public.notice FORCE ROW LEVEL SECURITY;


--
-- Name: object_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.object_default (
    org_id integer NOT NULL,
    object integer NOT NULL,
    access text NOT NULL,
    CONSTRAINT object_default_access_check CHECK ((access = ANY (ARRAY['Private'::text, 'Read'::text, 'ReadWrite'::text, 'ControlledByParent'::text])))
);

ALTER TABLE ONLY public.object_default FORCE ROW LEVEL SECURITY;


--
-- Name: object_permission; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.object_permission (
    org_id integer NOT NULL,
    permission_set_id bigint NOT NULL,
    object integer NOT NULL,
    can_read boolean DEFAULT false NOT NULL,
    can_create boolean DEFAULT false NOT NULL,
    can_edit boolean DEFAULT false NOT NULL,
    can_delete boolean DEFAULT false NOT NULL,
    can_view_all boolean DEFAULT false NOT NULL,
    can_modify_all boolean DEFAULT false NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE ONLY public.object_permission FORCE ROW LEVEL SECURITY;


--
-- Name: org; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.org (
    org_id integer NOT NULL,
    name text NOT NULL,
    domain text NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    inviters text DEFAULT 'inside'::text NOT NULL,
    CONSTRAINT org_inviters_check CHECK ((inviters = ANY (ARRAY['inside'::text, 'administrators'::text])))
);

ALTER TABLE ONLY public.org FORCE ROW LEVEL SECURITY;


--
-- Name: org_access; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.org_access (
    org_id integer NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.org_access FORCE ROW LEVEL SECURITY;


--
-- Name: permission_assignment; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.permission_assignment (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    permission_set_id bigint NOT NULL,
    profile boolean DEFAULT false NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE ONLY public.permission_assignment FORCE ROW LEVEL SECURITY;


--
-- Name: permission_set; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.permission_set (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    abilities text[] DEFAULT '{}'::text[] NOT NULL,
    profile boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.permission_set FORCE ROW LEVEL SECURITY;


--
-- Name: person_word; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.person_word (
    org_id integer NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    user_id bigint NOT NULL,
    kind smallint NOT NULL
);

ALTER TABLE ONLY public.person_word FORCE ROW LEVEL SECURITY;


--
-- Name: photo; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.photo (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    media_type text NOT NULL,
    full_sha text NOT NULL,
    small_sha text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT photo_kind_check CHECK ((kind = ANY (ARRAY['photo'::text, 'banner'::text])))
);

ALTER TABLE ONLY public.photo FORCE ROW LEVEL SECURITY;


--
-- Name: poll_choice; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.poll_choice (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    item_id bigint NOT NULL,
    "position" smallint NOT NULL,
    text text NOT NULL,
    votes integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.poll_choice FORCE ROW LEVEL SECURITY;


--
-- Name: poll_vote; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.poll_vote (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    user_id bigint NOT NULL,
    choice_id bigint NOT NULL,
    voted_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.poll_vote FORCE ROW LEVEL SECURITY;


--
-- Name: preference; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.preference (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    value jsonb NOT NULL
);

ALTER TABLE ONLY public.preference FORCE ROW LEVEL SECURITY;


--
-- Name: queue_object; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.queue_object (
    org_id integer NOT NULL,
    queue_id bigint NOT NULL,
    object integer NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE ONLY public.queue_object FORCE ROW LEVEL SECURITY;


--
-- Name: rate_limit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rate_limit (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    hits integer NOT NULL
);


--
-- Name: record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    object integer NOT NULL,
    name text NOT NULL,
    owner_id bigint NOT NULL,
    parent_id bigint,
    record_type bigint,
    version integer DEFAULT 1 NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    modified_by bigint NOT NULL,
    modified_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    t1 text,
    t2 text,
    t3 text,
    t4 text,
    t5 text,
    t6 text,
    t7 text,
    t8 text,
    t9 text,
    t10 text,
    t11 text,
    t12 text,
    t13 text,
    t14 text,
    t15 text,
    t16 text,
    t17 text,
    t18 text,
    t19 text,
    t20 text,
    t21 text,
    t22 text,
    t23 text,
    t24 text,
    n1 numeric,
    n2 numeric,
    n3 numeric,
    n4 numeric,
    n5 numeric,
    n6 numeric,
    n7 numeric,
    n8 numeric,
    n9 numeric,
    n10 numeric,
    n11 numeric,
    n12 numeric,
    d1 timestamp with time zone,
    d2 timestamp with time zone,
    d3 timestamp with time zone,
    d4 timestamp with time zone,
    d5 timestamp with time zone,
    d6 timestamp with time zone,
    d7 timestamp with time zone,
    d8 timestamp with time zone,
    r1 bigint,
    r2 bigint,
    r3 bigint,
    r4 bigint,
    r5 bigint,
    r6 bigint,
    r7 bigint,
    r8 bigint,
    long jsonb DEFAULT '{}'::jsonb NOT NULL,
    deletion_id bigint,
    deleted_by bigint,
    purged boolean DEFAULT false NOT NULL,
    rolled_up_to bigint
)
WITH (fillfactor='85');

ALTER TABLE ONLY public.record FORCE ROW LEVEL SECURITY;


--
-- Name: record_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_key (
    org_id integer NOT NULL,
    field_id bigint NOT NULL,
    value text NOT NULL,
    record_id bigint NOT NULL
);

ALTER TABLE ONLY public.record_key FORCE ROW LEVEL SECURITY;


--
-- Name: record_number; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_number (
    org_id integer NOT NULL,
    object integer NOT NULL,
    last bigint NOT NULL
);

ALTER TABLE ONLY public.record_number FORCE ROW LEVEL SECURITY;


--
-- Name: record_share; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_share (
    org_id integer NOT NULL,
    record_id bigint NOT NULL,
    principal_id bigint NOT NULL,
    level smallint NOT NULL,
    cause text DEFAULT 'manual'::text NOT NULL,
    id bigint,
    CONSTRAINT record_share_level_check CHECK ((level = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.record_share FORCE ROW LEVEL SECURITY;


--
-- Name: record_team; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_team (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    record_id bigint NOT NULL,
    user_id bigint NOT NULL,
    team_role text,
    level smallint NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    joined_by bigint NOT NULL,
    left_at timestamp with time zone,
    left_by bigint,
    CONSTRAINT record_team_level_check CHECK ((level = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.record_team FORCE ROW LEVEL SECURITY;


--
-- Name: record_topic; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_topic (
    org_id integer NOT NULL,
    record_id bigint NOT NULL,
    topic_id bigint NOT NULL,
    name text NOT NULL,
    assigned_by bigint NOT NULL,
    assigned_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.record_topic FORCE ROW LEVEL SECURITY;


--
-- Name: record_view; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_view (
    org_id integer NOT NULL,
    record_id bigint NOT NULL,
    user_id bigint NOT NULL,
    viewed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.record_view FORCE ROW LEVEL SECURITY;


--
-- Name: role; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.role (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    parent_id bigint
);

ALTER TABLE ONLY public.role FORCE ROW LEVEL SECURITY;


--
-- Name: role_closure; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.role_closure (
    org_id integer NOT NULL,
    ancestor bigint NOT NULL,
    role_id bigint NOT NULL,
    depth integer NOT NULL
);

ALTER TABLE ONLY public.role_closure FORCE ROW LEVEL SECURITY;


--
-- Name: sealed_asker; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sealed_asker (
    org_id integer NOT NULL,
    item_id bigint NOT NULL,
    user_id bigint NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.sealed_asker FORCE ROW LEVEL SECURITY;


--
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    client text,
    address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

ALTER TABLE ONLY public.session FORCE ROW LEVEL SECURITY;


--
-- Name: sharing_rule; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sharing_rule (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    object integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    source_id bigint,
    target_id bigint NOT NULL,
    level smallint NOT NULL,
    criteria jsonb,
    fence text,
    filled integer DEFAULT 0 NOT NULL,
    total integer,
    filled_to bigint,
    filled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sharing_rule_check CHECK ((((kind = 'owner'::text) AND (source_id IS NOT NULL)) OR ((kind = 'criteria'::text) AND (criteria IS NOT NULL)))),
    CONSTRAINT sharing_rule_kind_check CHECK ((kind = ANY (ARRAY['owner'::text, 'criteria'::text]))),
    CONSTRAINT sharing_rule_level_check CHECK ((level = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.sharing_rule FORCE ROW LEVEL SECURITY;


--
-- Name: spent_token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.spent_token (
    org_id integer NOT NULL,
    token_hash bytea NOT NULL,
    token_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.spent_token FORCE ROW LEVEL SECURITY;


--
-- Name: stage_history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stage_history (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    record_id bigint NOT NULL,
    version integer NOT NULL,
    stage text,
    amount numeric,
    close_date timestamp with time zone,
    probability numeric,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.stage_history FORCE ROW LEVEL SECURITY;


--
-- Name: stream; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stream (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    name text NOT NULL,
    description text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.stream FORCE ROW LEVEL SECURITY;


--
-- Name: stream_subject; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stream_subject (
    org_id integer NOT NULL,
    stream_id bigint NOT NULL,
    subject_id bigint NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.stream_subject FORCE ROW LEVEL SECURITY;


--
-- Name: token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    kind text NOT NULL,
    user_id bigint NOT NULL,
    app_id bigint,
    parent_id bigint,
    client text,
    address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    scopes text[],
    name text,
    CONSTRAINT token_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'refresh'::text])))
);

ALTER TABLE ONLY public.token FORCE ROW LEVEL SECURITY;


--
-- Name: topic; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.topic (
    org_id integer NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    description text,
    made_by bigint,
    merged_into bigint,
    deleted_at timestamp with time zone
);

ALTER TABLE ONLY public.topic FORCE ROW LEVEL SECURITY;


--
-- Name: user_skill; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_skill (
    org_id integer NOT NULL,
    user_id bigint NOT NULL,
    key text NOT NULL,
    name text NOT NULL
);

ALTER TABLE ONLY public.user_skill FORCE ROW LEVEL SECURITY;


--
-- Name: word_form; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.word_form (
    org_id integer NOT NULL,
    form text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.word_form FORCE ROW LEVEL SECURITY;


--
-- Name: announcement announcement_org_id_item_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_org_id_item_id_key UNIQUE (org_id, item_id);


--
-- Name: announcement announcement_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_pkey PRIMARY KEY (org_id, id);


--
-- Name: announcement_reading announcement_reading_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.announcement_reading
    ADD CONSTRAINT announcement_reading_pkey PRIMARY KEY (org_id, announcement_id, user_id);


--
-- Name: app_consent app_consent_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_consent
    ADD CONSTRAINT app_consent_pkey PRIMARY KEY (org_id, app_id, user_id);


--
-- Name: app_group app_group_org_id_kind_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_group
    ADD CONSTRAINT app_group_org_id_kind_name_key UNIQUE (org_id, kind, name);


--
-- Name: app_group app_group_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_group
    ADD CONSTRAINT app_group_pkey PRIMARY KEY (org_id, id);


--
-- Name: app_permission_set app_permission_set_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_permission_set
    ADD CONSTRAINT app_permission_set_pkey PRIMARY KEY (org_id, app_id, permission_set_id);


--
-- Name: app_user app_user_org_id_external_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_org_id_external_id_key UNIQUE (org_id, external_id);


--
-- Name: app_user app_user_org_id_login_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_org_id_login_id_key UNIQUE (org_id, login_id);


--
-- Name: app_user app_user_org_id_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_org_id_username_key UNIQUE (org_id, username);


--
-- Name: app_user app_user_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (org_id, id);


--
-- Name: ask_person ask_person_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ask_person
    ADD CONSTRAINT ask_person_pkey PRIMARY KEY (org_id, item_id, user_id);


--
-- Name: ask ask_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_pkey PRIMARY KEY (org_id, item_id);


--
-- Name: authorization_code authorization_code_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.authorization_code
    ADD CONSTRAINT authorization_code_pkey PRIMARY KEY (org_id, code_hash);


--
-- Name: company_domain company_domain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.company_domain
    ADD CONSTRAINT company_domain_pkey PRIMARY KEY (domain);


--
-- Name: connected_app connected_app_org_id_client_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connected_app
    ADD CONSTRAINT connected_app_org_id_client_id_key UNIQUE (org_id, client_id);


--
-- Name: connected_app connected_app_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connected_app
    ADD CONSTRAINT connected_app_pkey PRIMARY KEY (org_id, id);


--
-- Name: custom_field custom_field_org_id_object_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.custom_field
    ADD CONSTRAINT custom_field_org_id_object_name_key UNIQUE (org_id, object, name);


--
-- Name: custom_field custom_field_org_id_object_slot_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.custom_field
    ADD CONSTRAINT custom_field_org_id_object_slot_key UNIQUE (org_id, object, slot);


--
-- Name: custom_field custom_field_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.custom_field
    ADD CONSTRAINT custom_field_pkey PRIMARY KEY (org_id, id);


--
-- Name: digest_day digest_day_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.digest_day
    ADD CONSTRAINT digest_day_pkey PRIMARY KEY (org_id, user_id, day);


--
-- Name: digest_setting digest_setting_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.digest_setting
    ADD CONSTRAINT digest_setting_pkey PRIMARY KEY (org_id, user_id);


--
-- Name: digest_turn digest_turn_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.digest_turn
    ADD CONSTRAINT digest_turn_org_id_id_key UNIQUE (org_id, id);


--
-- Name: digest_turn digest_turn_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.digest_turn
    ADD CONSTRAINT digest_turn_pkey PRIMARY KEY (org_id, user_id);


--
-- Name: draft draft_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (org_id, id);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (org_id, id);


--
-- Name: favorite favorite_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.favorite
    ADD CONSTRAINT favorite_pkey PRIMARY KEY (org_id, id);


--
-- Name: feed_change feed_change_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_change
    ADD CONSTRAINT feed_change_pkey PRIMARY KEY (org_id, item_id, field_id);


--
-- Name: feed_comment feed_comment_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_comment
    ADD CONSTRAINT feed_comment_pkey PRIMARY KEY (org_id, id);


--
-- Name: feed_entry feed_entry_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_entry
    ADD CONSTRAINT feed_entry_pkey PRIMARY KEY (org_id, subject_id, item_id);


--
-- Name: feed_flag feed_flag_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_flag
    ADD CONSTRAINT feed_flag_org_id_id_key UNIQUE (org_id, id);


--
-- Name: feed_flag feed_flag_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_flag
    ADD CONSTRAINT feed_flag_pkey PRIMARY KEY (org_id, target_id, user_id);


--
-- Name: feed_image feed_image_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_image
    ADD CONSTRAINT feed_image_pkey PRIMARY KEY (org_id, file_id, target_id);


--
-- Name: feed_item feed_item_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_item
    ADD CONSTRAINT feed_item_pkey PRIMARY KEY (org_id, id);


--
-- Name: feed_like feed_like_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_like
    ADD CONSTRAINT feed_like_org_id_id_key UNIQUE (org_id, id);


--
-- Name: feed_like feed_like_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_like
    ADD CONSTRAINT feed_like_pkey PRIMARY KEY (org_id, target_id, user_id);


--
-- Name: feed_limits feed_limits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_limits
    ADD CONSTRAINT feed_limits_pkey PRIMARY KEY (org_id);


--
-- Name: feed_made feed_made_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_made
    ADD CONSTRAINT feed_made_pkey PRIMARY KEY (org_id, record_id);


--
-- Name: feed_mark feed_mark_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_mark
    ADD CONSTRAINT feed_mark_pkey PRIMARY KEY (org_id, user_id, item_id);


--
-- Name: feed_pin feed_pin_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_pin
    ADD CONSTRAINT feed_pin_pkey PRIMARY KEY (org_id, subject_id, item_id);


--
-- Name: feed_revision feed_revision_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_revision
    ADD CONSTRAINT feed_revision_pkey PRIMARY KEY (org_id, target_id, revision);


--
-- Name: feed_seen feed_seen_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_seen
    ADD CONSTRAINT feed_seen_pkey PRIMARY KEY (org_id, user_id, feed);


--
-- Name: feed_share feed_share_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_share
    ADD CONSTRAINT feed_share_pkey PRIMARY KEY (org_id, item_id, user_id);


--
-- Name: feed_subject feed_subject_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_subject
    ADD CONSTRAINT feed_subject_pkey PRIMARY KEY (org_id, id);


--
-- Name: feed_tracking_object feed_tracking_object_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_tracking_object
    ADD CONSTRAINT feed_tracking_object_pkey PRIMARY KEY (org_id, object);


--
-- Name: feed_tracking feed_tracking_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_tracking
    ADD CONSTRAINT feed_tracking_pkey PRIMARY KEY (org_id, field_id);


--
-- Name: feed_vote feed_vote_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_vote
    ADD CONSTRAINT feed_vote_pkey PRIMARY KEY (org_id, target_id, user_id);


--
-- Name: field_history field_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.field_history
    ADD CONSTRAINT field_history_pkey PRIMARY KEY (org_id, id);


--
-- Name: field_permission field_permission_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.field_permission
    ADD CONSTRAINT field_permission_org_id_id_key UNIQUE (org_id, id);


--
-- Name: field_permission field_permission_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.field_permission
    ADD CONSTRAINT field_permission_pkey PRIMARY KEY (org_id, permission_set_id, field_id);


--
-- Name: file file_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (org_id, id);


--
-- Name: first_follow first_follow_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.first_follow
    ADD CONSTRAINT first_follow_pkey PRIMARY KEY (org_id, subject_id);


--
-- Name: follow follow_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow
    ADD CONSTRAINT follow_org_id_id_key UNIQUE (org_id, id);


--
-- Name: follow follow_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow
    ADD CONSTRAINT follow_pkey PRIMARY KEY (org_id, follower_id, subject_id);


--
-- Name: followed_search followed_search_org_id_query_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.followed_search
    ADD CONSTRAINT followed_search_org_id_query_key UNIQUE (org_id, query);


--
-- Name: followed_search followed_search_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.followed_search
    ADD CONSTRAINT followed_search_pkey PRIMARY KEY (org_id, id);


--
-- Name: group_member group_member_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_org_id_id_key UNIQUE (org_id, id);


--
-- Name: group_member group_member_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_pkey PRIMARY KEY (org_id, group_id, member_id);


--
-- Name: id_block id_block_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.id_block
    ADD CONSTRAINT id_block_pkey PRIMARY KEY (name);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (org_id, user_id, key);


--
-- Name: invitation invitation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (org_id, id);


--
-- Name: link_preview link_preview_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.link_preview
    ADD CONSTRAINT link_preview_pkey PRIMARY KEY (org_id, item_id);


--
-- Name: list_view list_view_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_pkey PRIMARY KEY (org_id, id);


--
-- Name: login_name login_name_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_name
    ADD CONSTRAINT login_name_pkey PRIMARY KEY (name);


--
-- Name: login_org login_org_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_org
    ADD CONSTRAINT login_org_pkey PRIMARY KEY (login_id, org_id);


--
-- Name: login login_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (id);


--
-- Name: look_alike look_alike_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.look_alike
    ADD CONSTRAINT look_alike_pkey PRIMARY KEY (org_id, domain);


--
-- Name: mail_link mail_link_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mail_link
    ADD CONSTRAINT mail_link_pkey PRIMARY KEY (token_hash);


--
-- Name: mail mail_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (id);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);


--
-- Name: notice notice_org_id_user_id_thread_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_org_id_user_id_thread_id_key UNIQUE (org_id, user_id, thread_id);


--
-- Name: notice notice_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (org_id, id);


--
-- Name: object_default object_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.object_default
    ADD CONSTRAINT object_default_pkey PRIMARY KEY (org_id, object);


--
-- Name: object_permission object_permission_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.object_permission
    ADD CONSTRAINT object_permission_org_id_id_key UNIQUE (org_id, id);


--
-- Name: object_permission object_permission_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.object_permission
    ADD CONSTRAINT object_permission_pkey PRIMARY KEY (org_id, permission_set_id, object);


--
-- Name: org_access org_access_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.org_access
    ADD CONSTRAINT org_access_pkey PRIMARY KEY (org_id);


--
-- Name: org org_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.org
    ADD CONSTRAINT org_pkey PRIMARY KEY (org_id);


--
-- Name: permission_assignment permission_assignment_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_assignment
    ADD CONSTRAINT permission_assignment_org_id_id_key UNIQUE (org_id, id);


--
-- Name: permission_assignment permission_assignment_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_assignment
    ADD CONSTRAINT permission_assignment_pkey PRIMARY KEY (org_id, user_id, permission_set_id);


--
-- Name: permission_set permission_set_org_id_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_set
    ADD CONSTRAINT permission_set_org_id_name_key UNIQUE (org_id, name);


--
-- Name: permission_set permission_set_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_set
    ADD CONSTRAINT permission_set_pkey PRIMARY KEY (org_id, id);


--
-- Name: permission_set permission_set_profile_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_set
    ADD CONSTRAINT permission_set_profile_key UNIQUE (org_id, id, profile);


--
-- Name: person_word person_word_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person_word
    ADD CONSTRAINT person_word_pkey PRIMARY KEY (org_id, word, user_id, kind);


--
-- Name: photo photo_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photo
    ADD CONSTRAINT photo_pkey PRIMARY KEY (org_id, id);


--
-- Name: poll_choice poll_choice_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.poll_choice
    ADD CONSTRAINT poll_choice_pkey PRIMARY KEY (org_id, id);


--
-- Name: poll_vote poll_vote_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.poll_vote
    ADD CONSTRAINT poll_vote_pkey PRIMARY KEY (org_id, item_id, user_id);


--
-- Name: preference preference_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preference
    ADD CONSTRAINT preference_pkey PRIMARY KEY (org_id, user_id, name);


--
-- Name: queue_object queue_object_org_id_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.queue_object
    ADD CONSTRAINT queue_object_org_id_id_key UNIQUE (org_id, id);


--
-- Name: queue_object queue_object_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.queue_object
    ADD CONSTRAINT queue_object_pkey PRIMARY KEY (org_id, queue_id, object);


--
-- Name: rate_limit rate_limit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_limit
    ADD CONSTRAINT rate_limit_pkey PRIMARY KEY (key);


--
-- Name: record_key record_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_key
    ADD CONSTRAINT record_key_pkey PRIMARY KEY (org_id, field_id, value);


--
-- Name: record_number record_number_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_number
    ADD CONSTRAINT record_number_pkey PRIMARY KEY (org_id, object);


--
-- Name: record record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (org_id, id);


--
-- Name: record_share record_share_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_share
    ADD CONSTRAINT record_share_pkey PRIMARY KEY (org_id, record_id, principal_id, cause);


--
-- Name: record_team record_team_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_team
    ADD CONSTRAINT record_team_pkey PRIMARY KEY (org_id, id);


--
-- Name: record_topic record_topic_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_topic
    ADD CONSTRAINT record_topic_pkey PRIMARY KEY (org_id, record_id, topic_id);


--
-- Name: record_view record_view_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_view
    ADD CONSTRAINT record_view_pkey PRIMARY KEY (org_id, record_id, user_id);


--
-- Name: role_closure role_closure_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_closure
    ADD CONSTRAINT role_closure_pkey PRIMARY KEY (org_id, ancestor, role_id);


--
-- Name: role role_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (org_id, id);


--
-- Name: sealed_asker sealed_asker_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sealed_asker
    ADD CONSTRAINT sealed_asker_pkey PRIMARY KEY (org_id, item_id);


--
-- Name: session session_org_id_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_org_id_token_hash_key UNIQUE (org_id, token_hash);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (org_id, id);


--
-- Name: sharing_rule sharing_rule_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sharing_rule
    ADD CONSTRAINT sharing_rule_pkey PRIMARY KEY (org_id, id);


--
-- Name: spent_token spent_token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.spent_token
    ADD CONSTRAINT spent_token_pkey PRIMARY KEY (org_id, token_hash);


--
-- Name: stage_history stage_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stage_history
    ADD CONSTRAINT stage_history_pkey PRIMARY KEY (org_id, id);


--
-- Name: stream stream_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (org_id, id);


--
-- Name: stream_subject stream_subject_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stream_subject
    ADD CONSTRAINT stream_subject_pkey PRIMARY KEY (org_id, stream_id, subject_id);


--
-- Name: token token_org_id_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_org_id_token_hash_key UNIQUE (org_id, token_hash);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (org_id, id);


--
-- Name: topic topic_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_pkey PRIMARY KEY (org_id, id);


--
-- Name: user_skill user_skill_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_skill
    ADD CONSTRAINT user_skill_pkey PRIMARY KEY (org_id, user_id, key);


--
-- Name: word_form word_form_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.word_form
    ADD CONSTRAINT word_form_pkey PRIMARY KEY (org_id, form, word);


--
-- Name: announcement_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX announcement_newest ON public.announcement USING btree (org_id, made_at DESC, id DESC);


--
-- Name: app_consent_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX app_consent_by_user ON public.app_consent USING btree (org_id, user_id);


--
-- Name: app_user_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX app_user_by_name ON public.app_user USING btree (org_id, name, id);


--
-- Name: app_user_by_role; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX app_user_by_role ON public.app_user USING btree (org_id, role_id, id);


--
-- Name: app_user_manager; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX app_user_manager ON public.app_user USING btree (org_id, manager_id) WHERE (manager_id IS NOT NULL);


--
-- Name: ask_by_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ask_by_record ON public.ask USING btree (org_id, record_id);


--
-- Name: ask_person_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ask_person_by_user ON public.ask_person USING btree (org_id, user_id, item_id);


--
-- Name: authorization_code_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX authorization_code_by_age ON public.authorization_code USING btree (org_id, created_at);


--
-- Name: draft_by_place; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX draft_by_place ON public.draft USING btree (org_id, user_id, place_id) WHERE (publish_at IS NULL);


--
-- Name: draft_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX draft_newest ON public.draft USING btree (org_id, user_id, saved_at DESC, id DESC);


--
-- Name: event_by_noun; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_by_noun ON public.event USING btree (org_id, noun_id, created_at);


--
-- Name: event_by_org_transaction; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_by_org_transaction ON public.event USING btree (org_id, xid, id);


--
-- Name: event_by_transaction; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_by_transaction ON public.event USING btree (xid, id);


--
-- Name: favorite_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX favorite_by_user ON public.favorite USING btree (org_id, user_id, created_at);


--
-- Name: favorite_followed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX favorite_followed ON public.favorite USING btree (org_id, followed_id) WHERE (followed_id IS NOT NULL);


--
-- Name: feed_change_words; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_change_words ON public.feed_change USING gin (org_id, words) WITH (gin_pending_list_limit='512');


--
-- Name: feed_comment_by_author; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_by_author ON public.feed_comment USING btree (org_id, author_id, created_at DESC, id DESC);


--
-- Name: feed_comment_by_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_by_item ON public.feed_comment USING btree (org_id, item_id, created_at DESC, id DESC);


--
-- Name: feed_comment_by_me; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_by_me ON public.feed_comment USING btree (org_id, author_id, item_id) WHERE (deleted_at IS NULL);


--
-- Name: feed_comment_by_thread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_by_thread ON public.feed_comment USING btree (org_id, thread_parent_id, created_at, id) WHERE (thread_parent_id IS NOT NULL);


--
-- Name: feed_comment_hidden; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_hidden ON public.feed_comment USING btree (org_id, hidden_at DESC, id DESC) WHERE (hidden_at IS NOT NULL);


--
-- Name: feed_comment_words; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_comment_words ON public.feed_comment USING gin (org_id, words) WITH (gin_pending_list_limit='512');


--
-- Name: feed_entry_active; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_active ON public.feed_entry USING btree (org_id, subject_id, last_activity DESC, item_id DESC);


--
-- Name: feed_entry_by_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_by_item ON public.feed_entry USING btree (org_id, item_id);


--
-- Name: feed_entry_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_newest ON public.feed_entry USING btree (org_id, subject_id, created_at DESC, item_id DESC);


--
-- Name: feed_entry_questions; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_questions ON public.feed_entry USING btree (org_id, subject_id, created_at DESC, item_id DESC) WHERE question;


--
-- Name: feed_entry_questions_active; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_questions_active ON public.feed_entry USING btree (org_id, subject_id, last_activity DESC, item_id DESC) WHERE question;


--
-- Name: feed_entry_topics; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_entry_topics ON public.feed_entry USING btree (org_id, created_at DESC, subject_id) WHERE (via = 'topic'::text);


--
-- Name: feed_item_active; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_active ON public.feed_item USING btree (org_id, last_activity DESC, id DESC) WHERE ((deleted_at IS NULL) AND (kind <> 'TrackedChange'::text) AND (kind <> 'CreateRecordEvent'::text));


--
-- Name: feed_item_by_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_by_parent ON public.feed_item USING btree (org_id, parent_id, id);


--
-- Name: feed_item_everything; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_everything ON public.feed_item USING btree (org_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);


--
-- Name: feed_item_hidden; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_hidden ON public.feed_item USING btree (org_id, hidden_at DESC, id DESC) WHERE (hidden_at IS NOT NULL);


--
-- Name: feed_item_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_newest ON public.feed_item USING btree (org_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (kind <> 'TrackedChange'::text) AND (kind <> 'CreateRecordEvent'::text));


--
-- Name: feed_item_questions; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_questions ON public.feed_item USING btree (org_id, created_at DESC, id DESC) WHERE ((kind = 'QuestionPost'::text) AND (deleted_at IS NULL));


--
-- Name: feed_item_shares; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_shares ON public.feed_item USING btree (org_id, shared_id) WHERE (shared_id IS NOT NULL);


--
-- Name: feed_item_solved; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_solved ON public.feed_item USING btree (org_id, created_at DESC, id DESC) WHERE ((kind = 'QuestionPost'::text) AND (deleted_at IS NULL) AND (best_comment_id IS NOT NULL));


--
-- Name: feed_item_unanswered; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_unanswered ON public.feed_item USING btree (org_id, created_at DESC, id DESC) WHERE ((kind = 'QuestionPost'::text) AND (deleted_at IS NULL) AND (comment_count = 0));


--
-- Name: feed_item_words; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_item_words ON public.feed_item USING gin (org_id, words) WITH (gin_pending_list_limit='512');


--
-- Name: feed_like_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_like_by_user ON public.feed_like USING btree (org_id, user_id, created_at DESC);


--
-- Name: feed_made_by_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_made_by_item ON public.feed_made USING btree (org_id, item_id, made_at);


--
-- Name: feed_mark_bookmarked; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_mark_bookmarked ON public.feed_mark USING btree (org_id, user_id, bookmarked_at DESC, item_id DESC) WHERE (bookmarked_at IS NOT NULL);


--
-- Name: feed_mark_following; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_mark_following ON public.feed_mark USING btree (org_id, item_id, user_id) WHERE (followed_at IS NOT NULL);


--
-- Name: feed_mark_muted; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_mark_muted ON public.feed_mark USING btree (org_id, user_id, muted_at DESC, item_id DESC) WHERE (muted_at IS NOT NULL);


--
-- Name: feed_mark_read; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_mark_read ON public.feed_mark USING btree (org_id, user_id, read_at DESC, item_id) WHERE (read_at IS NOT NULL);


--
-- Name: feed_mark_readers; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_mark_readers ON public.feed_mark USING btree (org_id, item_id, read_at DESC) WHERE (read_at IS NOT NULL);


--
-- Name: feed_share_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_share_by_user ON public.feed_share USING btree (org_id, user_id, item_id);


--
-- Name: feed_subject_bounds; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feed_subject_bounds ON public.feed_subject USING btree (org_id, id) INCLUDE (bump, post_bump);


--
-- Name: field_history_by_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX field_history_by_record ON public.field_history USING btree (org_id, record_id, changed_at DESC, id DESC);


--
-- Name: file_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX file_by_owner ON public.file USING btree (org_id, owner_id, made_at DESC, id DESC);


--
-- Name: follow_by_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX follow_by_subject ON public.follow USING btree (org_id, subject_id, follower_id);


--
-- Name: group_member_by_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX group_member_by_member ON public.group_member USING btree (org_id, member_id, group_id);


--
-- Name: idempotency_key_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (org_id, created_at);


--
-- Name: invitation_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitation_by_age ON public.invitation USING btree (org_id, created_at DESC, id DESC);


--
-- Name: invitation_by_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitation_by_email ON public.invitation USING btree (org_id, email) WHERE (state = ANY (ARRAY['waiting'::text, 'sent'::text]));


--
-- Name: invitation_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX invitation_open ON public.invitation USING btree (org_id, invited_by, email) WHERE (state = ANY (ARRAY['waiting'::text, 'sent'::text]));


--
-- Name: list_view_by_object; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX list_view_by_object ON public.list_view USING btree (org_id, object, lower(name), id);


--
-- Name: list_view_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX list_view_by_owner ON public.list_view USING btree (org_id, owner_id, object);


--
-- Name: mail_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mail_by_age ON public.mail USING btree (created_at);


--
-- Name: mail_link_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mail_link_by_age ON public.mail_link USING btree (created_at);


--
-- Name: mail_link_by_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mail_link_by_email ON public.mail_link USING btree (email, purpose) WHERE (used_at IS NULL);


--
-- Name: notice_by_thread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_by_thread ON public.notice USING btree (org_id, thread_id);


--
-- Name: notice_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_newest ON public.notice USING btree (org_id, user_id, last_at DESC, id DESC);


--
-- Name: notice_unread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_unread ON public.notice USING btree (org_id, user_id, last_at DESC) WHERE (read_at IS NULL);


--
-- Name: permission_assignment_profile; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX permission_assignment_profile ON public.permission_assignment USING btree (org_id, user_id) WHERE profile;


--
-- Name: person_word_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX person_word_user ON public.person_word USING btree (org_id, user_id);


--
-- Name: photo_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX photo_user ON public.photo USING btree (org_id, user_id);


--
-- Name: poll_choice_by_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX poll_choice_by_item ON public.poll_choice USING btree (org_id, item_id, "position");


--
-- Name: record_by_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_account ON public.record USING btree (org_id, rolled_up_to, object) WHERE (rolled_up_to IS NOT NULL);


--
-- Name: record_by_deletion; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_deletion ON public.record USING btree (org_id, deletion_id) WHERE (deletion_id IS NOT NULL);


--
-- Name: record_by_modified; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_modified ON public.record USING btree (org_id, object, modified_at DESC, id DESC) INCLUDE (owner_id) WHERE (deleted_at IS NULL);


--
-- Name: record_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_name ON public.record USING btree (org_id, object, lower(name), id) INCLUDE (owner_id) WHERE (deleted_at IS NULL);


--
-- Name: record_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_owner ON public.record USING btree (org_id, object, owner_id, id);


--
-- Name: record_by_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_parent ON public.record USING btree (org_id, parent_id, object, id) WHERE (parent_id IS NOT NULL);


--
-- Name: record_d1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_d1 ON public.record USING btree (org_id, object, d1) WHERE (d1 IS NOT NULL);


--
-- Name: record_d2; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_d2 ON public.record USING btree (org_id, object, d2) WHERE (d2 IS NOT NULL);


--
-- Name: record_in_bin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_in_bin ON public.record USING btree (org_id, deleted_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);


--
-- Name: record_key_by_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_key_by_record ON public.record_key USING btree (org_id, record_id);


--
-- Name: record_n1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_n1 ON public.record USING btree (org_id, object, n1) WHERE (n1 IS NOT NULL);


--
-- Name: record_n2; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_n2 ON public.record USING btree (org_id, object, n2) WHERE (n2 IS NOT NULL);


--
-- Name: record_r1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r1 ON public.record USING btree (org_id, r1) WHERE (r1 IS NOT NULL);


--
-- Name: record_r2; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r2 ON public.record USING btree (org_id, r2) WHERE (r2 IS NOT NULL);


--
-- Name: record_r3; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r3 ON public.record USING btree (org_id, r3) WHERE (r3 IS NOT NULL);


--
-- Name: record_r4; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r4 ON public.record USING btree (org_id, r4) WHERE (r4 IS NOT NULL);


--
-- Name: record_r5; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r5 ON public.record USING btree (org_id, r5) WHERE (r5 IS NOT NULL);


--
-- Name: record_r6; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r6 ON public.record USING btree (org_id, r6) WHERE (r6 IS NOT NULL);


--
-- Name: record_r7; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r7 ON public.record USING btree (org_id, r7) WHERE (r7 IS NOT NULL);


--
-- Name: record_r8; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_r8 ON public.record USING btree (org_id, r8) WHERE (r8 IS NOT NULL);


--
-- Name: record_share_by_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX record_share_by_id ON public.record_share USING btree (org_id, id) WHERE (id IS NOT NULL);


--
-- Name: record_share_by_principal; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_share_by_principal ON public.record_share USING btree (org_id, principal_id, record_id) INCLUDE (level);


--
-- Name: record_t1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_t1 ON public.record USING btree (org_id, object, lower(t1)) WHERE (t1 IS NOT NULL);


--
-- Name: record_t2; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_t2 ON public.record USING btree (org_id, object, lower(t2)) WHERE (t2 IS NOT NULL);


--
-- Name: record_t3; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_t3 ON public.record USING btree (org_id, object, lower(t3)) WHERE (t3 IS NOT NULL);


--
-- Name: record_t4; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_t4 ON public.record USING btree (org_id, object, lower(t4)) WHERE (t4 IS NOT NULL);


--
-- Name: record_team_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_team_by_user ON public.record_team USING btree (org_id, user_id, record_id);


--
-- Name: record_team_now; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX record_team_now ON public.record_team USING btree (org_id, record_id, user_id) WHERE (left_at IS NULL);


--
-- Name: record_topic_by_topic; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_topic_by_topic ON public.record_topic USING btree (org_id, topic_id, assigned_at DESC);


--
-- Name: record_view_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_view_by_user ON public.record_view USING btree (org_id, user_id, viewed_at DESC, record_id);


--
-- Name: role_closure_up; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX role_closure_up ON public.role_closure USING btree (org_id, role_id, ancestor);


--
-- Name: session_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_by_user ON public.session USING btree (org_id, user_id, ended_at);


--
-- Name: sharing_rule_by_object; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sharing_rule_by_object ON public.sharing_rule USING btree (org_id, object, kind);


--
-- Name: sharing_rule_by_target; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sharing_rule_by_target ON public.sharing_rule USING btree (org_id, target_id);


--
-- Name: spent_token_by_token; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX spent_token_by_token ON public.spent_token USING btree (org_id, token_id);


--
-- Name: stage_history_by_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX stage_history_by_record ON public.stage_history USING btree (org_id, record_id, changed_at DESC, id DESC);


--
-- Name: stream_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX stream_by_owner ON public.stream USING btree (org_id, owner_id, name);


--
-- Name: stream_subject_by_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX stream_subject_by_subject ON public.stream_subject USING btree (org_id, subject_id, stream_id);


--
-- Name: token_by_app; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX token_by_app ON public.token USING btree (org_id, app_id, revoked_at);


--
-- Name: token_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX token_by_user ON public.token USING btree (org_id, user_id, revoked_at);


--
-- Name: topic_by_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX topic_by_key ON public.topic USING btree (org_id, key) WHERE (deleted_at IS NULL);


--
-- Name: topic_merged; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX topic_merged ON public.topic USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);


--
-- Name: announcement announcement_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: app_consent app_consent_org_id_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_consent
    ADD CONSTRAINT app_consent_org_id_app_id_fkey FOREIGN KEY (org_id, app_id) REFERENCES public.connected_app(org_id, id);


--
-- Name: app_consent app_consent_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_consent
    ADD CONSTRAINT app_consent_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: app_permission_set app_permission_set_org_id_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_permission_set
    ADD CONSTRAINT app_permission_set_org_id_app_id_fkey FOREIGN KEY (org_id, app_id) REFERENCES public.connected_app(org_id, id);


--
-- Name: app_permission_set app_permission_set_org_id_permission_set_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_permission_set
    ADD CONSTRAINT app_permission_set_org_id_permission_set_id_fkey FOREIGN KEY (org_id, permission_set_id) REFERENCES public.permission_set(org_id, id) ON DELETE CASCADE;


--
-- Name: app_user app_user_manager; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_manager FOREIGN KEY (org_id, manager_id) REFERENCES public.app_user(org_id, id);


--
-- Name: app_user app_user_org_id_role_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_org_id_role_id_fkey FOREIGN KEY (org_id, role_id) REFERENCES public.role(org_id, id);


--
-- Name: ask ask_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: ask_person ask_person_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ask_person
    ADD CONSTRAINT ask_person_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.ask(org_id, item_id);


--
-- Name: authorization_code authorization_code_org_id_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.authorization_code
    ADD CONSTRAINT authorization_code_org_id_app_id_fkey FOREIGN KEY (org_id, app_id) REFERENCES public.connected_app(org_id, id);


--
-- Name: authorization_code authorization_code_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.authorization_code
    ADD CONSTRAINT authorization_code_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: connected_app connected_app_org_id_run_as_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connected_app
    ADD CONSTRAINT connected_app_org_id_run_as_fkey FOREIGN KEY (org_id, run_as) REFERENCES public.app_user(org_id, id);


--
-- Name: feed_change feed_change_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_change
    ADD CONSTRAINT feed_change_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_comment feed_comment_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_comment
    ADD CONSTRAINT feed_comment_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_entry feed_entry_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_entry
    ADD CONSTRAINT feed_entry_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_image feed_image_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_image
    ADD CONSTRAINT feed_image_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_made feed_made_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_made
    ADD CONSTRAINT feed_made_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_mark feed_mark_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_mark
    ADD CONSTRAINT feed_mark_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_pin feed_pin_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_pin
    ADD CONSTRAINT feed_pin_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_share feed_share_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_share
    ADD CONSTRAINT feed_share_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: feed_share feed_share_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feed_share
    ADD CONSTRAINT feed_share_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: field_history field_history_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.field_history
    ADD CONSTRAINT field_history_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: field_permission field_permission_org_id_permission_set_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.field_permission
    ADD CONSTRAINT field_permission_org_id_permission_set_id_fkey FOREIGN KEY (org_id, permission_set_id) REFERENCES public.permission_set(org_id, id);


--
-- Name: follow follow_org_id_follower_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow
    ADD CONSTRAINT follow_org_id_follower_id_fkey FOREIGN KEY (org_id, follower_id) REFERENCES public.app_user(org_id, id);


--
-- Name: group_member group_member_org_id_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES public.app_group(org_id, id);


--
-- Name: invitation invitation_org_id_invited_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_org_id_invited_by_fkey FOREIGN KEY (org_id, invited_by) REFERENCES public.app_user(org_id, id);


--
-- Name: link_preview link_preview_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.link_preview
    ADD CONSTRAINT link_preview_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: list_view list_view_org_id_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_org_id_owner_id_fkey FOREIGN KEY (org_id, owner_id) REFERENCES public.app_user(org_id, id);


--
-- Name: login_name login_name_login_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_name
    ADD CONSTRAINT login_name_login_id_fkey FOREIGN KEY (login_id) REFERENCES public.login(id);


--
-- Name: login_org login_org_login_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_org
    ADD CONSTRAINT login_org_login_id_fkey FOREIGN KEY (login_id) REFERENCES public.login(id);


--
-- Name: object_permission object_permission_org_id_permission_set_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.object_permission
    ADD CONSTRAINT object_permission_org_id_permission_set_id_fkey FOREIGN KEY (org_id, permission_set_id) REFERENCES public.permission_set(org_id, id);


--
-- Name: org_access org_access_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.org_access
    ADD CONSTRAINT org_access_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.org(org_id);


--
-- Name: permission_assignment permission_assignment_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_assignment
    ADD CONSTRAINT permission_assignment_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: permission_assignment permission_assignment_set_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.permission_assignment
    ADD CONSTRAINT permission_assignment_set_fkey FOREIGN KEY (org_id, permission_set_id, profile) REFERENCES public.permission_set(org_id, id, profile);


--
-- Name: person_word person_word_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person_word
    ADD CONSTRAINT person_word_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: photo photo_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photo
    ADD CONSTRAINT photo_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: poll_choice poll_choice_org_id_item_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.poll_choice
    ADD CONSTRAINT poll_choice_org_id_item_id_fkey FOREIGN KEY (org_id, item_id) REFERENCES public.feed_item(org_id, id);


--
-- Name: poll_vote poll_vote_org_id_choice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.poll_vote
    ADD CONSTRAINT poll_vote_org_id_choice_id_fkey FOREIGN KEY (org_id, choice_id) REFERENCES public.poll_choice(org_id, id);


--
-- Name: queue_object queue_object_org_id_queue_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.queue_object
    ADD CONSTRAINT queue_object_org_id_queue_id_fkey FOREIGN KEY (org_id, queue_id) REFERENCES public.app_group(org_id, id);


--
-- Name: record_key record_key_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_key
    ADD CONSTRAINT record_key_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: record_share record_share_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_share
    ADD CONSTRAINT record_share_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: record_team record_team_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_team
    ADD CONSTRAINT record_team_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: record_team record_team_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_team
    ADD CONSTRAINT record_team_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: record_view record_view_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_view
    ADD CONSTRAINT record_view_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: record_view record_view_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_view
    ADD CONSTRAINT record_view_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: role_closure role_closure_org_id_ancestor_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_closure
    ADD CONSTRAINT role_closure_org_id_ancestor_fkey FOREIGN KEY (org_id, ancestor) REFERENCES public.role(org_id, id);


--
-- Name: role_closure role_closure_org_id_role_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_closure
    ADD CONSTRAINT role_closure_org_id_role_id_fkey FOREIGN KEY (org_id, role_id) REFERENCES public.role(org_id, id);


--
-- Name: role role_org_id_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_org_id_parent_id_fkey FOREIGN KEY (org_id, parent_id) REFERENCES public.role(org_id, id);


--
-- Name: session session_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: spent_token spent_token_org_id_token_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.spent_token
    ADD CONSTRAINT spent_token_org_id_token_id_fkey FOREIGN KEY (org_id, token_id) REFERENCES public.token(org_id, id);


--
-- Name: stage_history stage_history_org_id_record_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stage_history
    ADD CONSTRAINT stage_history_org_id_record_id_fkey FOREIGN KEY (org_id, record_id) REFERENCES public.record(org_id, id);


--
-- Name: stream_subject stream_subject_org_id_stream_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stream_subject
    ADD CONSTRAINT stream_subject_org_id_stream_id_fkey FOREIGN KEY (org_id, stream_id) REFERENCES public.stream(org_id, id);


--
-- Name: token token_org_id_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_org_id_app_id_fkey FOREIGN KEY (org_id, app_id) REFERENCES public.connected_app(org_id, id);


--
-- Name: token token_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: user_skill user_skill_org_id_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_skill
    ADD CONSTRAINT user_skill_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES public.app_user(org_id, id);


--
-- Name: announcement; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.announcement ENABLE ROW LEVEL SECURITY;

--
-- Name: announcement_reading; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.announcement_reading ENABLE ROW LEVEL SECURITY;

--
-- Name: app_consent; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.app_consent ENABLE ROW LEVEL SECURITY;

--
-- Name: app_group; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.app_group ENABLE ROW LEVEL SECURITY;

--
-- Name: app_permission_set; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.app_permission_set ENABLE ROW LEVEL SECURITY;

--
-- Name: app_user; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.app_user ENABLE ROW LEVEL SECURITY;

--
-- Name: ask; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.ask ENABLE ROW LEVEL SECURITY;

--
-- Name: ask_person; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.ask_person ENABLE ROW LEVEL SECURITY;

--
-- Name: authorization_code; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.authorization_code ENABLE ROW LEVEL SECURITY;

--
-- Name: connected_app; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.connected_app ENABLE ROW LEVEL SECURITY;

--
-- Name: custom_field; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.custom_field ENABLE ROW LEVEL SECURITY;

--
-- Name: digest_day; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.digest_day ENABLE ROW LEVEL SECURITY;

--
-- Name: digest_setting; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.digest_setting ENABLE ROW LEVEL SECURITY;

--
-- Name: digest_turn; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.digest_turn ENABLE ROW LEVEL SECURITY;

--
-- Name: draft; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.draft ENABLE ROW LEVEL SECURITY;

--
-- Name: event; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.event ENABLE ROW LEVEL SECURITY;

--
-- Name: favorite; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.favorite ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_change; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_change ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_comment; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_comment ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_entry; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_entry ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_flag; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_flag ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_image; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_image ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_item; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_item ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_like; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_like ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_limits; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_made; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_made ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_mark; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_mark ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_pin; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_pin ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_revision; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_revision ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_seen; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_seen ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_share; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_share ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_subject; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_subject ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_tracking; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_tracking ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_tracking_object; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_tracking_object ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_vote; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.feed_vote ENABLE ROW LEVEL SECURITY;

--
-- Name: field_history; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.field_history ENABLE ROW LEVEL SECURITY;

--
-- Name: field_permission; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.field_permission ENABLE ROW LEVEL SECURITY;

--
-- Name: file; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.file ENABLE ROW LEVEL SECURITY;

--
-- Name: first_follow; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.first_follow ENABLE ROW LEVEL SECURITY;

--
-- Name: follow; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.follow ENABLE ROW LEVEL SECURITY;

--
-- Name: followed_search; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.followed_search ENABLE ROW LEVEL SECURITY;

--
-- Name: group_member; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.group_member ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_key; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

--
-- Name: invitation; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.invitation ENABLE ROW LEVEL SECURITY;

--
-- Name: link_preview; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.link_preview ENABLE ROW LEVEL SECURITY;

--
-- Name: list_view; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.list_view ENABLE ROW LEVEL SECURITY;

--
-- Name: look_alike; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.look_alike ENABLE ROW LEVEL SECURITY;

--
-- Name: notice; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.notice ENABLE ROW LEVEL SECURITY;

--
-- Name: object_default; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.object_default ENABLE ROW LEVEL SECURITY;

--
-- Name: object_permission; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.object_permission ENABLE ROW LEVEL SECURITY;

--
-- Name: org; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.org ENABLE ROW LEVEL SECURITY;

--
-- Name: org_access; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.org_access ENABLE ROW LEVEL SECURITY;

--
-- Name: announcement own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.announcement USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: announcement_reading own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.announcement_reading USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: app_consent own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.app_consent USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: app_group own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.app_group USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: app_permission_set own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.app_permission_set USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: app_user own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.app_user USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: ask own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.ask USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: ask_person own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.ask_person USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: authorization_code own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.authorization_code USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: connected_app own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.connected_app USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: custom_field own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.custom_field USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: digest_day own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.digest_day USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: digest_setting own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.digest_setting USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: digest_turn own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.digest_turn USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: draft own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.draft USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: event own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.event USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: favorite own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.favorite USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_change own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_change USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_comment own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_comment USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_entry own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_entry USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_flag own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_flag USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_image own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_image USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_item own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_item USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_like own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_like USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_limits own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_limits USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_made own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_made USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_mark own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_mark USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_pin own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_pin USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_revision own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_revision USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_seen own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_seen USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_share own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_share USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_subject own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_subject USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_tracking own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_tracking USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_tracking_object own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_tracking_object USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: feed_vote own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.feed_vote USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: field_history own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.field_history USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: field_permission own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.field_permission USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: file own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.file USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: first_follow own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.first_follow USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: follow own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.follow USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: followed_search own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.followed_search USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: group_member own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.group_member USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: idempotency_key own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.idempotency_key USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: invitation own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.invitation USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: link_preview own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.link_preview USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: list_view own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.list_view USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: look_alike own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.look_alike USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: notice own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.notice USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: object_default own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.object_default USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: object_permission own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.object_permission USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: org own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.org USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: org_access own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.org_access USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: permission_assignment own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.permission_assignment USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: permission_set own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.permission_set USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: person_word own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.person_word USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: photo own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.photo USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: poll_choice own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.poll_choice USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: poll_vote own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.poll_vote USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: preference own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.preference USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: queue_object own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.queue_object USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_key own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_key USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_number own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_number USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_share own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_share USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_team own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_team USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_topic own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_topic USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: record_view own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.record_view USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: role own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.role USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: role_closure own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.role_closure USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: sealed_asker own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.sealed_asker USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: session own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.session USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: sharing_rule own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.sharing_rule USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: spent_token own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.spent_token USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: stage_history own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.stage_history USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: stream own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.stream USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: stream_subject own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.stream_subject USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: token own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.token USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: topic own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.topic USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: user_skill own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.user_skill USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: word_form own_org; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY own_org ON public.word_form USING ((org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer));


--
-- Name: permission_assignment; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.permission_assignment ENABLE ROW LEVEL SECURITY;

--
-- Name: permission_set; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.permission_set ENABLE ROW LEVEL SECURITY;

--
-- Name: person_word; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.person_word ENABLE ROW LEVEL SECURITY;

--
-- Name: photo; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.photo ENABLE ROW LEVEL SECURITY;

--
-- Name: poll_choice; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.poll_choice ENABLE ROW LEVEL SECURITY;

--
-- Name: poll_vote; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.poll_vote ENABLE ROW LEVEL SECURITY;

--
-- Name: preference; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.preference ENABLE ROW LEVEL SECURITY;

--
-- Name: queue_object; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.queue_object ENABLE ROW LEVEL SECURITY;

--
-- Name: record; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record ENABLE ROW LEVEL SECURITY;

--
-- Name: record_key; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_key ENABLE ROW LEVEL SECURITY;

--
-- Name: record_number; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_number ENABLE ROW LEVEL SECURITY;

--
-- Name: record_share; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_share ENABLE ROW LEVEL SECURITY;

--
-- Name: record_team; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_team ENABLE ROW LEVEL SECURITY;

--
-- Name: record_topic; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_topic ENABLE ROW LEVEL SECURITY;

--
-- Name: record_view; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.record_view ENABLE ROW LEVEL SECURITY;

--
-- Name: event relay; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY relay ON public.event FOR SELECT TO hubbub_relay USING (true);


--
-- Name: role; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.role ENABLE ROW LEVEL SECURITY;

--
-- Name: role_closure; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.role_closure ENABLE ROW LEVEL SECURITY;

--
-- Name: sealed_asker; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.sealed_asker ENABLE ROW LEVEL SECURITY;

--
-- Name: session; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.session ENABLE ROW LEVEL SECURITY;

--
-- Name: sharing_rule; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.sharing_rule ENABLE ROW LEVEL SECURITY;

--
-- Name: spent_token; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.spent_token ENABLE ROW LEVEL SECURITY;

--
-- Name: stage_history; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.stage_history ENABLE ROW LEVEL SECURITY;

--
-- Name: stream; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.stream ENABLE ROW LEVEL SECURITY;

--
-- Name: stream_subject; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.stream_subject ENABLE ROW LEVEL SECURITY;

--
-- Name: token; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.token ENABLE ROW LEVEL SECURITY;

--
-- Name: topic; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.topic ENABLE ROW LEVEL SECURITY;

--
-- Name: user_skill; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_skill ENABLE ROW LEVEL SECURITY;

--
-- Name: word_form; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.word_form ENABLE ROW LEVEL SECURITY;

--
-- PostgreSQL database dump complete
--

\unrestrict hubbub

