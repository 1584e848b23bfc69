// What a program written with jsforce does, step by step, against a real Hubbub.
import assert from "node:assert/strict";
import { test } from "node:test";
import jsforce from "jsforce";

const told = JSON.parse(process.env.HUBBUB);
const text = (words) => ({ body: { messageSegments: [{ type: "Text", text: words }] } });

function connection(more = {}) {
  return new jsforce.Connection({
    oauth2: { loginUrl: told.address, clientId: told.clientId, clientSecret: told.clientSecret },
    version: "62.0",
    ...more,
  });
}

async function signedIn(username = told.omar) {
  const conn = connection();
  await conn.login(username, told.password);
  return conn;
}

const refused = (code) => (error) => {
  assert.equal(error.errorCode ?? error.name, code, `${error.name}: ${error.message}`);
  return true;
};

test("signing in by password, who I am, signing out", async () => {
  const conn = connection();
  const user = await conn.login(told.omar, told.password);
  assert.equal(user.id, told.omarId);
  assert.equal(user.organizationId.length, 18);
  assert.equal(conn.instanceUrl, told.address);
  const me = await conn.identity();
  assert.equal(me.user_id, told.omarId);
  assert.equal(me.username, told.omar);
  const info = await conn.request(`${told.address}/services/oauth2/userinfo`);
  assert.equal(info.user_id, told.omarId);
  const dead = conn.accessToken;
  await conn.logout();
  const stale = new jsforce.Connection({ instanceUrl: told.address, accessToken: dead, version: "62.0" });
  await assert.rejects(async () => stale.chatter.resource("/users/me").retrieve(), refused("INVALID_SESSION_ID"));
});

test("a wrong password and a wrong secret are refused", async () => {
  await assert.rejects(connection().login(told.omar, "wrong"), refused("invalid_grant"));
  const conn = connection({
    oauth2: { loginUrl: told.address, clientId: told.clientId, clientSecret: "wrong" },
  });
  await assert.rejects(conn.login(told.omar, told.password), refused("invalid_client"));
});

test("the app's own credentials", async () => {
  const conn = connection();
  const user = await conn.authorize({ grant_type: "client_credentials" });
  assert.notEqual(user.id, told.omarId);
  assert.equal((await conn.chatter.resource("/users/me")).id, user.id);
});

test("an expired token is renewed on the way", async () => {
  const given = await connection().oauth2.authenticate(told.omar, told.password);
  const conn = connection({
    instanceUrl: told.address,
    accessToken: `${told.clientId.split(".")[0]}!expired`,
    refreshToken: given.refresh_token,
  });
  let renewed = 0;
  conn.on("refresh", () => renewed++);
  assert.equal((await conn.chatter.resource("/users/me")).id, told.omarId);
  assert.equal(renewed, 1);
});

test("versions and limits", async () => {
  const conn = await signedIn();
  const versions = await conn.request(`${told.address}/services/data/`);
  assert.ok(versions.some((each) => each.version === "62.0"));
  const root = await conn.request("/");
  assert.ok(root.chatter.endsWith("/chatter"));
  assert.ok(conn.limitInfo.apiUsage.limit > 0);
});

test("chatter: directory, users, feeds", async () => {
  const conn = await signedIn();
  const root = await conn.chatter.resource("/");
  assert.ok(root.users.endsWith("/chatter/users"));
  const found = await conn.chatter.resource("/users", { q: "Noor" });
  assert.deepEqual(found.users.map((user) => user.id), [told.noorId]);
  const me = await conn.chatter.resource("/users/me").retrieve();
  assert.equal(me.id, told.omarId);
  assert.equal(me.username, told.omar);
  const feeds = await conn.chatter.resource("/feeds");
  assert.ok(feeds.feeds.length > 0);
  for (const feed of feeds.feeds) await conn.chatter.resource(feed.feedUrl);
  const company = await conn.chatter.resource("/feeds/company/feed-elements");
  assert.ok(Array.isArray(company.elements));
});

test("chatter: post, comment, like, delete", async () => {
  const conn = await signedIn();
  const feed = conn.chatter.resource("/feeds/news/me/feed-elements", { pageSize: 10 });
  const post = await conn.chatter
    .resource("/feed-elements")
    .create({ ...text("Signed & sealed"), feedElementType: "FeedItem", subjectId: "me" });
  assert.equal(post.type, "TextPost");
  assert.equal(post.body.text, "Signed &amp; sealed");
  assert.ok((await feed.retrieve()).elements.some((each) => each.id === post.id));

  const comments = conn.chatter.resource(`/feed-elements/${post.id}/capabilities/comments/items`);
  const comment = await comments.create(text("Well done"));
  assert.equal(comment.body.text, "Well done");
  assert.equal((await comments.retrieve()).items.length, 1);

  const like = await conn.chatter.resource(`/feed-elements/${post.id}/capabilities/chatter-likes/items`).create("");
  assert.equal(like.likedItem.id, post.id);
  await conn.chatter.resource(`/comments/${comment.id}/likes`).create("");
  assert.equal((await conn.chatter.resource(`/feed-elements/${post.id}`)).capabilities.chatterLikes.isLikedByCurrentUser, true);

  await conn.chatter.resource(`/likes/${like.id}`).delete();
  await conn.chatter.resource(`/comments/${comment.id}`).delete();
  await conn.chatter.resource(`/feed-elements/${post.id}`).delete();
  await assert.rejects(async () => conn.chatter.resource(`/feed-elements/${post.id}`).retrieve(), refused("NOT_FOUND"));
});

test("chatter: follow and unfollow, and whom colleagues do not see", async () => {
  const conn = await signedIn();
  const follow = await conn.chatter.resource("/users/me/following").create({ subjectId: told.dealId });
  const following = await conn.chatter.resource("/users/me/following");
  assert.ok(following.following.some((each) => each.subject.id === told.dealId));
  await conn.chatter.resource(`/subscriptions/${follow.id}`).delete();
  assert.equal((await conn.chatter.resource("/users/me/following")).total, following.total - 1);

  const nina = await signedIn(told.nina);
  await assert.rejects(
    async () => nina.chatter.resource("/users/me/following").create({ subjectId: told.dealId }),
    refused("NOT_FOUND"),
  );
});

test("chatter: pages of a feed are followed by their links", async () => {
  const conn = await signedIn();
  for (let n = 0; n < 5; n++) {
    await conn.chatter
      .resource("/feed-elements")
      .create({ ...text(`number ${n}`), feedElementType: "FeedItem", subjectId: told.dealId });
  }
  const seen = [];
  let page = await conn.chatter.resource(`/feeds/record/${told.dealId}/feed-elements`, { pageSize: 2 });
  for (;;) {
    seen.push(...page.elements.map((each) => each.body.text));
    if (!page.nextPageUrl) break;
    page = await conn.chatter.resource(page.nextPageUrl);
  }
  assert.deepEqual(seen, [4, 3, 2, 1, 0].map((n) => `number ${n}`));
});

test("sObjects: create, retrieve, update, upsert or refuse, destroy", async () => {
  const conn = await signedIn();
  const made = await conn.sobject("Opportunity").create({
    Name: "Sund, sonar",
    StageName: "Prospecting",
    CloseDate: "2027-03-01",
    Amount: 1200.5,
  });
  assert.equal(made.success, true);
  const read = await conn.sobject("Opportunity").retrieve(made.id);
  assert.equal(read.Name, "Sund, sonar");
  assert.equal(read.Amount, 1200.5);
  assert.equal(read.CloseDate, "2027-03-01");
  assert.equal(read.attributes.type, "Opportunity");
  const changed = await conn.sobject("Opportunity").update({ Id: made.id, StageName: "Qualification" });
  assert.equal(changed.success, true);
  const feed = await conn.chatter.resource(`/feeds/record/${made.id}/feed-elements`);
  assert.equal(feed.elements[0].type, "TrackedChange");
  assert.deepEqual(
    feed.elements[0].capabilities.trackedChanges.changes.map((c) => [c.fieldName, c.oldValue, c.newValue]),
    [["Stage", "Prospecting", "Qualification"]],
  );
  await assert.rejects(conn.sobject("Opportunity").create({ Name: "No stage" }), refused("REQUIRED_FIELD_MISSING"));
  await assert.rejects(
    conn.sobject("Opportunity").update({ Id: made.id, StageName: "Nonsense" }),
    refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
  );
  const nina = await signedIn(told.nina);
  await assert.rejects(nina.sobject("Opportunity").retrieve(made.id), refused("NOT_FOUND"));
  await assert.rejects(nina.sobject("Opportunity").destroy(made.id), refused("NOT_FOUND"));
  assert.equal((await conn.sobject("Opportunity").destroy(made.id)).success, true);
  await assert.rejects(conn.sobject("Opportunity").retrieve(made.id), refused("NOT_FOUND"));
});

test("describe", async () => {
  const conn = await signedIn();
  const all = await conn.describeGlobal();
  const names = all.sobjects.map((each) => each.name);
  for (const name of ["Account", "Contact", "Opportunity", "Product2"]) assert.ok(names.includes(name), name);
  const deal = await conn.sobject("Opportunity").describe();
  const stage = deal.fields.find((field) => field.name === "StageName");
  assert.equal(stage.type, "picklist");
  assert.ok(stage.picklistValues.some((each) => each.value === "Prospecting"));
  assert.equal(deal.keyPrefix, "006");
});

test("queries, and more of them than one page holds", async () => {
  const conn = await signedIn();
  for (let n = 0; n < 7; n++) await conn.sobject("Account").create({ Name: `Query ${n}` });
  const found = await conn.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Query %' ORDER BY Name LIMIT 3");
  assert.deepEqual(found.records.map((each) => each.Name), ["Query 0", "Query 1", "Query 2"]);
  assert.equal(found.done, true);
  const finding = conn
    .sobject("Account")
    .find({ Name: { $like: "Query %" } }, "Id, Name, Owner.Name")
    .sort({ Name: -1 });
  const rows = await finding.execute();
  assert.equal(rows.length, 7);
  assert.equal(rows[0].Owner.Name, "Omar Haddad");
  await assert.rejects(conn.query("SELECT Nothing FROM Account"), refused("INVALID_FIELD"));
  await assert.rejects(conn.query("nonsense"), refused("MALFORMED_QUERY"));

  const headers = { "Sforce-Query-Options": "batchSize=200" };
  let page = await conn.query("SELECT Id, Name FROM Contact ORDER BY Name", { headers });
  assert.deepEqual([page.totalSize, page.records.length, page.done], [told.contacts, 200, false]);
  const names = page.records.map((each) => each.Name);
  while (!page.done) {
    page = await conn.queryMore(page.nextRecordsUrl, { headers });
    names.push(...page.records.map((each) => each.Name));
  }
  assert.equal(new Set(names).size, told.contacts);
  const all = await conn.query("SELECT Id FROM Contact").run({ autoFetch: true, maxFetch: 1000 });
  assert.equal(all.records.length, told.contacts);
});

test("sharing: roles, groups, queues, permission sets, shares, teams, and what somebody may do", async () => {
  const ada = await signedIn(told.ada);
  const nina = await signedIn(told.nina);
  const make = async (type, values) => {
    const made = await ada.sobject(type).create(values);
    assert.equal(made.success, true);
    return made.id;
  };
  const access = async () => {
    const found = await ada.query(
      "SELECT RecordId, HasReadAccess, HasEditAccess, MaxAccessLevel FROM UserRecordAccess " +
        `WHERE UserId = '${told.ninaId}' AND RecordId = '${told.dealId}'`,
    );
    return found.records[0].MaxAccessLevel;
  };
  const role = await make("UserRole", { Name: "Pilots" });
  const group = await make("Group", { Name: "Desk", Type: "Regular" });
  const queue = await make("Group", { Name: "Leads", Type: "Queue" });
  await make("QueueSobject", { QueueId: queue, SobjectType: "Opportunity" });
  const inner = await make("Group", { Name: "Inner", DoesIncludeBosses: false });
  await make("GroupMember", { GroupId: group, UserOrGroupId: inner });
  await make("GroupMember", { GroupId: inner, UserOrGroupId: told.ninaId });
  assert.equal(await access(), "None");

  const share = await make("OpportunityShare", {
    OpportunityId: told.dealId,
    UserOrGroupId: group,
    OpportunityAccessLevel: "Read",
  });
  assert.equal(await access(), "Read");
  assert.equal((await nina.sobject("Opportunity").retrieve(told.dealId)).Id, told.dealId);
  await ada.sobject("OpportunityShare").update({ Id: share, OpportunityAccessLevel: "Edit" });
  assert.equal(await access(), "Edit");
  const shares = await ada
    .sobject("OpportunityShare")
    .find({ OpportunityId: told.dealId }, "Id, UserOrGroup.Name, RowCause")
    .sort({ RowCause: 1 });
  assert.deepEqual(
    shares.map((each) => [each.UserOrGroup.Name, each.RowCause]),
    [["Desk", "Manual"], ["Omar Haddad", "Owner"]],
  );
  await ada.sobject("OpportunityShare").destroy(share);
  assert.equal(await access(), "None");

  const member = await make("OpportunityTeamMember", {
    OpportunityId: told.dealId,
    UserId: told.ninaId,
    TeamMemberRole: "Diver",
    OpportunityAccessLevel: "Edit",
  });
  assert.equal(await access(), "Edit");
  await ada.sobject("OpportunityTeamMember").update({ Id: member, OpportunityAccessLevel: "Read" });
  assert.equal(await access(), "Read");
  await ada.sobject("OpportunityTeamMember").destroy(member);

  const set = await make("PermissionSet", { Name: "Auditors", Label: "Audit" });
  const whole = await make("ObjectPermissions", {
    ParentId: set,
    SobjectType: "Opportunity",
    PermissionsRead: true,
    PermissionsViewAllRecords: true,
  });
  const field = await make("FieldPermissions", {
    ParentId: set,
    SobjectType: "Opportunity",
    Field: "Opportunity.Amount",
    PermissionsRead: true,
  });
  const assigned = await make("PermissionSetAssignment", { AssigneeId: told.ninaId, PermissionSetId: set });
  assert.equal(await access(), "Read");
  const has = await ada.query(
    `SELECT PermissionSet.Label FROM PermissionSetAssignment WHERE AssigneeId = '${told.ninaId}' ` +
      "AND PermissionSet.IsOwnedByProfile = false",
  );
  assert.deepEqual(has.records.map((each) => each.PermissionSet.Label), ["Audit"]);

  for (const type of ["UserRole", "GroupMember", "PermissionSet", "FieldPermissions", "OpportunityShare"]) {
    const described = await ada.sobject(type).describe();
    assert.equal(described.name, type);
    assert.ok((await ada.describeGlobal()).sobjects.some((each) => each.name === type), type);
  }
  await assert.rejects(nina.sobject("UserRole").describe(), refused("NOT_FOUND"));
  await assert.rejects(ada.sobject("UserRole").update({ Id: role, ParentRoleId: role }), refused("CIRCULAR_DEPENDENCY"));

  for (const [type, id] of [
    ["PermissionSetAssignment", assigned],
    ["FieldPermissions", field],
    ["ObjectPermissions", whole],
    ["PermissionSet", set],
    ["Group", inner],
    ["Group", group],
    ["Group", queue],
    ["UserRole", role],
  ]) {
    assert.equal((await ada.sobject(type).destroy(id)).success, true, type);
    await assert.rejects(ada.sobject(type).retrieve(id), refused("NOT_FOUND"), type);
  }
  assert.equal(await access(), "None");
});

// What jsforce's own suite of the chatter module asserts, and every act of the feed that Salesforce has. `update` of the
// module is a POST; Salesforce takes a PATCH as POST with _HttpMethod.
const patch = async (conn, url, body) => conn.chatter.resource(url, { _HttpMethod: "PATCH" }).update(body);
const send = (conn, more = {}) =>
  conn.chatter
    .resource("/feed-elements")
    .create({ ...text("From a program"), feedElementType: "FeedItem", subjectId: "me", ...more });
const elements = async (conn, feed, query) =>
  (await conn.chatter.resource(`/feeds/${feed}/feed-elements`, query)).elements;
const holds = async (conn, feed, id, query) =>
  assert.ok((await elements(conn, feed, query)).some((each) => each.id === id), feed);
const address = (value) => assert.ok(typeof value === "string" && value.startsWith("/"), String(value));

test("chatter: the directories, people and the company's feed, as jsforce's own suite reads them", async () => {
  const conn = await signedIn();
  const root = await conn.chatter.resource("/").retrieve();
  for (const name of ["users", "groups", "feeds"]) assert.equal(typeof root[name], "string");
  const page = await conn.chatter.resource("/users").retrieve();
  address(page.currentPageUrl);
  assert.ok(page.users.length > 0);
  for (const user of page.users) {
    assert.equal(typeof user.id, "string");
    assert.equal(typeof user.username, "string");
    address(user.url);
  }
  await send(conn);
  await send(conn, { capabilities: { poll: { choices: ["Yes", "No"] } } });
  const feeds = await conn.chatter.resource("/feeds").retrieve();
  assert.ok(Array.isArray(feeds.favorites) && feeds.feeds.length <= 25);
  for (const feed of feeds.feeds) {
    assert.equal(typeof feed.label, "string");
    address(feed.feedUrl);
    address(feed.feedElementsUrl);
    const one = await conn.chatter.resource(feed.feedElementsUrl).retrieve();
    address(one.currentPageUrl);
    assert.ok(Array.isArray(one.elements), feed.feedType);
  }
  for (const each of await elements(conn, "company")) {
    assert.equal(typeof each.id, "string");
    assert.equal(typeof each.type, "string");
    address(each.url);
    assert.equal(typeof each.body, "object");
    assert.ok(each.body !== null);
    assert.ok(Array.isArray(each.capabilities.comments.page.items));
    assert.ok(each.capabilities.comments.page.total >= 0);
    assert.ok(Array.isArray(each.capabilities.chatterLikes.page.items));
    for (const name of ["id", "type", "name"]) assert.equal(typeof each.actor[name], "string");
    address(each.actor.url);
    for (const name of ["url", "smallPhotoUrl", "largePhotoUrl"]) assert.equal(typeof each.actor.photo[name], "string");
  }
});

test("chatter: comments and likes by the addresses that elements name, as jsforce's own suite does", async () => {
  const conn = await signedIn();
  const post = await send(conn);
  address(post.url);
  const comment = await conn.chatter.resource(post.capabilities.comments.page.currentPageUrl).create(text("A comment"));
  address(comment.url);
  for (const url of [comment.likes.currentPageUrl, post.capabilities.chatterLikes.page.currentPageUrl]) {
    const like = await conn.chatter.resource(url).create("");
    address(like.url);
    assert.ok(!(await conn.chatter.resource(like.url).delete()));
  }
  assert.ok(!(await conn.chatter.resource(comment.url).delete()));
  assert.ok(!(await conn.chatter.resource(post.url).delete()));
  const both = [await send(conn), await send(conn)];
  const newest = await elements(conn, "news/me", { pageSize: 2, sort: "CreatedDateDesc" });
  assert.deepEqual(newest.map((each) => each.id).sort(), both.map((each) => each.id).sort());
});

test("chatter: rich text, threads, edits, who is mentioned", async () => {
  const conn = await signedIn();
  const segments = [
    { type: "MarkupBegin", markupType: "Paragraph" },
    { type: "MarkupBegin", markupType: "Bold" },
    { type: "Text", text: "Signed" },
    { type: "MarkupEnd", markupType: "Bold" },
    { type: "Text", text: " with " },
    { type: "Mention", id: told.ninaId },
    { type: "Hashtag", tag: "tides" },
    { type: "EntityLink", entityId: told.dealId },
    { type: "MarkupEnd", markupType: "Paragraph" },
  ];
  const post = await send(conn, { body: { messageSegments: segments } });
  assert.equal(post.body.isRichText, true);
  assert.deepEqual(post.body.messageSegments.map((each) => each.type), segments.map((each) => each.type));
  const nina = await signedIn(told.nina);
  await holds(nina, "to/me", post.id);
  const items = conn.chatter.resource(`/feed-elements/${post.id}/capabilities/comments/items`);
  const first = await items.create(text("one"));
  const reply = await items.create({ ...text("two"), threadParentId: first.id });
  assert.deepEqual([reply.threadLevel, reply.threadParentId], [1, first.id]);
  const replies = await conn.chatter.resource(`/comments/${first.id}/capabilities/comments/items`);
  assert.deepEqual(replies.items.map((each) => each.id), [reply.id]);
  assert.equal((await conn.chatter.resource(`/comments/${reply.id}/thread-context`)).id, post.id);

  assert.equal((await patch(conn, post.url, text("Better"))).body.text, "Better");
  assert.equal((await patch(conn, `/comments/${first.id}`, text("Fine"))).body.text, "Fine");
  const editable = await conn.chatter.resource(`${post.url}/capabilities/edit/is-editable-by-me`);
  assert.equal(editable.isEditableByMe, true);
  await assert.rejects(patch(nina, post.url, text("Mine")), refused("INSUFFICIENT_ACCESS"));

  const offered = await conn.chatter.resource("/mentions/completions", { q: "Noor", contextId: told.dealId });
  assert.deepEqual(offered.mentionCompletions.map((each) => each.recordId), [told.noorId]);
  const valid = await conn.chatter.resource("/mentions/validations", {
    parentId: told.dealId,
    recordIds: `${told.noorId},${told.ninaId}`,
    visibility: "AllUsers",
  });
  assert.deepEqual(valid.mentionValidations.map((each) => each.validationStatus), ["Ok", "Inaccessible"]);
});

test("chatter: polls, questions, shares", async () => {
  const conn = await signedIn();
  const nina = await signedIn(told.nina);
  const poll = await send(conn, { capabilities: { poll: { choices: ["Yes", "No"] } } });
  assert.equal(poll.type, "PollPost");
  const [yes, no] = poll.capabilities.poll.choices;
  const voted = await patch(nina, `${poll.url}/capabilities/poll`, { myChoiceId: yes.id });
  assert.deepEqual([voted.myChoiceId, voted.totalVoteCount, voted.choices[0].voteCount], [yes.id, 1, 1]);
  await assert.rejects(
    patch(nina, `${poll.url}/capabilities/poll`, { myChoiceId: no.id }),
    refused("INVALID_OPERATION"),
  );

  const question = await send(conn, { capabilities: { questionAndAnswers: { questionTitle: "How deep?" } } });
  assert.equal(question.type, "QuestionPost");
  const answer = await nina.chatter
    .resource(`${question.url}/capabilities/comments/items`)
    .create(text("Forty metres"));
  const qa = await patch(conn, `${question.url}/capabilities/question-and-answers`, { bestAnswerId: answer.id });
  assert.equal(qa.bestAnswer.id, answer.id);
  await holds(conn, "company", question.id, { filter: "SolvedQuestions" });
  const ada = await signedIn(told.ada);
  assert.equal((await patch(ada, `/comments/${answer.id}/capabilities/verified`, { isVerified: true })).isVerified, true);

  const shared = await send(nina, { capabilities: { feedEntityShare: { feedEntityId: question.id } } });
  assert.equal(shared.capabilities.feedEntityShare.feedEntity.id, question.id);
});

test("chatter: bookmarks, mute, reading, votes, closing, pins, flags, topics", async () => {
  const conn = await signedIn();
  const nina = await signedIn(told.nina);
  const post = await send(conn, text("Marks of tides"));
  const set = (who, name, body) => patch(who, `${post.url}/capabilities/${name}`, body);

  assert.equal((await set(nina, "bookmarks", { isBookmarkedByCurrentUser: true })).isBookmarkedByCurrentUser, true);
  await holds(nina, "bookmarks/me", post.id);
  assert.equal((await set(nina, "mute", { isMutedByMe: true })).isMutedByMe, true);
  await holds(nina, "mute/me", post.id);
  assert.equal((await set(nina, "read-by", { isReadByMe: true })).isReadByMe, true);
  const readers = await conn.chatter.resource(`${post.url}/capabilities/read-by/items`);
  assert.ok(readers.items.some((each) => each.user.id === told.ninaId));
  assert.equal((await set(nina, "up-down-vote", { vote: "Up" })).upVoteCount, 1);
  const comment = await nina.chatter.resource(`${post.url}/capabilities/comments/items`).create(text("Yes"));
  const down = await patch(conn, `/comments/${comment.id}/capabilities/up-down-vote`, { vote: "Down" });
  assert.deepEqual([down.myVote, down.downVoteCount], ["Down", 1]);
  assert.equal((await patch(conn, `/comments/${comment.id}/likes`, { isLikedByCurrentUser: true })).total, 1);

  const pinned = `/feeds/user-profile/${told.omarId}/pinned-feed-elements`;
  assert.equal((await patch(conn, pinned, { entityId: post.id, isPinned: true })).isPinned, true);
  assert.deepEqual((await conn.chatter.resource(pinned)).elements.map((each) => each.id), [post.id]);
  await patch(conn, pinned, { entityId: post.id, isPinned: false });

  const flag = await nina.chatter.resource(`${post.url}/capabilities/moderation`).create({ type: "FlagAsSpam" });
  assert.equal(flag.moderationFlags.flaggedByMe, true);
  const topic = await conn.chatter.resource(`${post.url}/capabilities/topics`).create({ topicName: "Harbours" });
  assert.equal(topic.name, "Harbours");
  await holds(conn, `topics/${topic.id}`, post.id);
  assert.equal((await conn.chatter.resource(`/connect/topics/${topic.id}`)).name, "Harbours");
  const found = await conn.chatter.resource("/connect/topics", { q: "Harb" });
  assert.deepEqual(found.topics.map((each) => each.id), [topic.id]);

  assert.equal((await set(conn, "close", { isClosed: true })).isClosed, true);
  await assert.rejects(
    async () => nina.chatter.resource(`${post.url}/capabilities/comments/items`).create(text("late")),
    refused("INVALID_OPERATION"),
  );
  assert.equal((await set(conn, "close", { isClosed: false })).isClosed, false);
});

test("chatter: each kind of feed, streams, favourites, drafts, search", async () => {
  const conn = await signedIn();
  const post = await send(conn, { ...text("Feeds of pilots"), subjectId: told.dealId });
  await holds(conn, `record/${told.dealId}`, post.id);
  await holds(conn, "news/me", post.id);
  await holds(conn, "company", post.id);
  await holds(conn, `user-profile/${told.omarId}`, post.id);
  await holds(conn, "filter/me/006", post.id);
  const noor = await signedIn(told.noor);
  await noor.chatter.resource("/users/me/following").create({ subjectId: told.omarId });
  await holds(noor, "people/me", post.id);
  assert.ok(Array.isArray(await elements(noor, "topics/me")));
  const search = await conn.chatter.resource("/feed-elements", { q: "pilots" });
  assert.deepEqual(search.elements.map((each) => each.id), [post.id]);

  const stream = await conn.chatter
    .resource("/streams")
    .create({ name: "Sea", subscriptionsToAdd: [{ entityId: told.dealId }] });
  await holds(conn, `streams/${stream.id}`, post.id);
  assert.equal((await patch(conn, `/streams/${stream.id}`, { name: "Seas" })).name, "Seas");
  const favourite = await conn.chatter.resource("/feeds/favorites/me").create({ searchText: "pilots" });
  await holds(conn, `favorites/me/${favourite.id}`, post.id);
  assert.ok((await conn.chatter.resource("/feeds")).favorites.some((each) => each.id === favourite.id));
  await conn.chatter.resource(`/feeds/favorites/me/${favourite.id}`).delete();
  await conn.chatter.resource(`/streams/${stream.id}`).delete();

  await conn.chatter.resource("/drafts").create({ placeId: "me", text: "Not yet" });
  const [draft] = await elements(conn, "draft/me");
  assert.equal(draft.capabilities.status.feedEntityStatus, "Draft");
  const published = await conn.chatter.resource("/feed-elements/publish-draft").create({ feedElementId: draft.id });
  assert.equal(published.body.text, "Not yet");
});

test("chatter: several elements at once, notifications", async () => {
  const conn = await signedIn();
  const nina = await signedIn(told.nina);
  const one = (more) => ({ richInput: { ...text("Batch"), feedElementType: "FeedItem", subjectId: "me", ...more } });
  const made = await conn.chatter
    .resource("/feed-elements/batch")
    .create({ inputs: [one(), one({ subjectId: "nonsense" }), one()] });
  assert.equal(made.hasErrors, true);
  assert.deepEqual(made.results.map((each) => each.statusCode), [201, 400, 201]);
  const keys = [made.results[0].result.id, made.results[2].result.id];
  const read = await conn.chatter.resource(`/feed-elements/batch/${keys}`);
  assert.equal(read.hasErrors, false);
  assert.deepEqual(read.results.map((each) => each.result.id), keys);

  const post = await send(conn, { body: { messageSegments: [{ type: "Mention", id: told.ninaId }] } });
  const { notifications } = await nina.chatter.resource("/connect/notifications");
  const notice = notifications.find((each) => each.target === post.id);
  assert.equal(notice.read, false);
  const marked = await patch(nina, `/connect/notifications/${notice.id}`, { read: true });
  assert.equal(marked.read, true);
  assert.equal(typeof (await nina.chatter.resource("/connect/notifications/status")).unreadCount, "number");
});

test("several records at once: create, read, change, upsert, delete; what changed; limits", async () => {
  const conn = await signedIn();
  const accounts = conn.sobject("Account");
  const began = new Date(Date.now() - 60_000);
  const made = await accounts.create([{ Name: "Sund", JsKey__c: "s" }, { Name: "" }, { Name: "Fjord" }], { allOrNone: false });
  assert.deepEqual(made.map((each) => each.success), [true, false, true]);
  assert.equal(made[1].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
  const keys = [made[0].id, made[2].id];
  const read = await accounts.retrieve(keys);
  assert.deepEqual(read.map((each) => each.Name), ["Sund", "Fjord"]);
  const changed = await accounts.update(keys.map((Id) => ({ Id, Phone: "1" })));
  assert.ok(changed.every((each) => each.success));

  const one = await accounts.upsert({ JsKey__c: "s", Name: "Sund II" }, "JsKey__c");
  assert.deepEqual([one.id, one.created], [keys[0], false]);
  const both = await accounts.upsert([{ JsKey__c: "s", Name: "Sund III" }, { JsKey__c: "n", Name: "New" }], "JsKey__c");
  assert.deepEqual(both.map((each) => each.created), [false, true]);
  const undone = await accounts.upsert(
    [{ JsKey__c: "a", Name: "A" }, { JsKey__c: "b", Name: "" }], "JsKey__c", { allOrNone: true },
  );
  assert.ok(undone.every((each) => !each.success && each.created === false && each.errors.length));
  assert.equal(await accounts.count({ JsKey__c: "a" }), 0);

  await conn.query(`SELECT Id FROM Account WHERE Id IN ('${keys[0]}', '${both[1].id}') FOR VIEW`);
  assert.ok((await accounts.recent()).some((each) => each.Id === keys[0]));
  assert.ok((await conn.recent()).some((each) => each.Id === both[1].id));
  const until = new Date(Date.now() + 60_000);
  assert.ok((await accounts.updated(began.toISOString(), until.toISOString())).ids.includes(keys[1]));
  const gone = await accounts.destroy([...keys, both[1].id]);
  assert.ok(gone.every((each) => each.success));
  const lost = (await accounts.deleted(began.toISOString(), until.toISOString())).deletedRecords.map((each) => each.id);
  assert.ok(keys.every((each) => lost.includes(each)));
  assert.ok((await conn.limits()).DailyApiRequests.Remaining > 0);
  const named = await conn.sobject("Account").create({ Name: "Skagerrak Wind" });
  const { searchRecords } = await conn.search("FIND {skagerrak} IN ALL FIELDS RETURNING Account(Id, Name), Lead(Id)");
  assert.deepEqual(searchRecords.map((each) => [each.Id, each.Name, each.attributes.type]), [
    [named.id, "Skagerrak Wind", "Account"],
  ]);
  await assert.rejects(async () => conn.search("FIND skagerrak"), refused("MALFORMED_SEARCH"));
});

test("activities below their record, and when something was last done about it", async () => {
  const conn = await signedIn();
  const nina = await signedIn(told.nina);
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const deal = await conn.sobject("Opportunity").create({ Name: "Buoys", StageName: "Prospecting", CloseDate: day(30) });
  const tasks = await conn.sobject("Task").create([
    { Subject: "Send the offer", WhatId: deal.id, ActivityDate: day(9) },
    { Subject: "Called the port", WhatId: deal.id, ActivityDate: day(-9), Status: "Completed" },
  ]);
  const times = (days) => ({ StartDateTime: `${day(days)}T10:00:00.000Z`, EndDateTime: `${day(days)}T11:00:00.000Z` });
  await conn.sobject("Event").create({ Subject: "Visit", WhatId: deal.id, Location: "Quay", ...times(4) });
  assert.ok(tasks.every((each) => each.success));

  const soql =
    "SELECT Name, LastActivityDate, (SELECT Subject, IsTask, Location FROM OpenActivities ORDER BY ActivityDate), " +
    `(SELECT Subject, Status FROM ActivityHistories) FROM Opportunity WHERE Id = '${deal.id}'`;
  const { records: [row] } = await conn.query(soql);
  assert.deepEqual(row.OpenActivities.records.map((each) => [each.Subject, each.IsTask, each.Location]), [
    ["Visit", false, "Quay"],
    ["Send the offer", true, null],
  ]);
  assert.deepEqual(row.ActivityHistories.records.map((each) => [each.Subject, each.Status]), [["Called the port", "Completed"]]);
  assert.equal(row.LastActivityDate, day(4));
  const built = await conn
    .sobject("Opportunity")
    .find({ LastActivityDate: { $gt: new jsforce.SfDate(day(3)) }, Id: deal.id }, "Id")
    .include("OpenActivities")
    .select("Subject")
    .limit(1)
    .end()
    .execute();
  assert.equal(built[0].OpenActivities.records.length, 1);
  assert.equal((await nina.query(soql)).totalSize, 0);
});

test("chatter: several requests in one", async () => {
  const conn = await signedIn();
  const [users, post] = await Promise.all(await (async () => {
    const asked = [
      conn.chatter.resource("/users/me"),
      conn.chatter.resource("/feed-elements").create({ ...text("In a batch"), feedElementType: "FeedItem", subjectId: "me" }),
    ];
    const answers = await conn.chatter.batch(asked);
    assert.equal(answers.hasErrors, false);
    assert.deepEqual(answers.results.map((each) => each.statusCode), [200, 201]);
    return asked;
  })());
  assert.equal(users.id, told.omarId);
  assert.equal(post.body.text, "In a batch");
});

test("composite: later requests use what earlier ones answered", async () => {
  const conn = await signedIn();
  const base = "/services/data/v62.0/sobjects";
  const said = await conn.requestPost("/composite", {
    allOrNone: true,
    compositeRequest: [
      { method: "POST", url: `${base}/Account`, referenceId: "home", body: { Name: "Sund" } },
      { method: "POST", url: `${base}/Contact`, referenceId: "person", body: { LastName: "Lund", AccountId: "@{home.id}" } },
      { method: "GET", url: `${base}/Contact/@{person.id}?fields=AccountId`, referenceId: "read" },
    ],
  });
  const [home, , read] = said.compositeResponse;
  assert.equal(read.body.AccountId, home.body.id);
});

// A browser as far as this needs one: it keeps cookies and sends the token of a page with its form.
class Browser {
  cookies = new Map();
  async open(address, form) {
    const token = form && { _csrf_token: this.cookies.get("hubbub_csrf") };
    const answer = await fetch(new URL(address, told.address), {
      method: form ? "POST" : "GET",
      body: form && new URLSearchParams({ ...token, ...form }),
      headers: { cookie: [...this.cookies].map((each) => each.join("=")).join("; ") },
      redirect: "manual",
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    return { answer, page: await answer.text(), next: answer.headers.get("location") };
  }
}

test("OAuth's web-server flow with PKCE: signing in, letting the app in, tokens that are renewed", async () => {
  const redirectUri = "http://127.0.0.1:1717/back";
  const oauth2 = new jsforce.OAuth2({
    loginUrl: told.address,
    clientId: told.publicId,
    redirectUri,
    useVerifier: true,
  });
  const began = oauth2.getAuthorizationUrl({ scope: "api id refresh_token", state: "mine" });
  const browser = new Browser();
  let here = await browser.open(began);
  here = await browser.open(here.next);
  const next = new URL(here.next, told.address).searchParams.get("next");
  await browser.open("/sign-in");
  here = await browser.open("/sign-in", { username: told.omar, password: told.password, next });
  here = await browser.open(here.next);
  assert.match(here.page, /Let Field notes in\?/);
  const asked = Object.fromEntries(new URL(next, told.address).searchParams);
  here = await browser.open("/authorize", { ...asked, answer: "allow" });
  const back = new URL(here.next);
  assert.equal(back.origin + back.pathname, redirectUri);
  assert.equal(back.searchParams.get("state"), "mine");

  const conn = new jsforce.Connection({ oauth2, version: "62.0" });
  const user = await conn.authorize(back.searchParams.get("code"));
  assert.equal(user.id, told.omarId);
  assert.equal((await conn.identity()).username, told.omar);
  assert.ok((await conn.query("SELECT Id FROM Contact LIMIT 1")).totalSize > 0);

  let renewed;
  conn.on("refresh", (token) => (renewed = token));
  conn.accessToken = conn.accessToken.split("!")[0] + "!stale";
  assert.ok((await conn.query("SELECT Id FROM Contact LIMIT 1")).totalSize > 0);
  assert.equal(renewed, conn.accessToken);
  await assert.rejects(conn.authorize(back.searchParams.get("code")), refused("invalid_grant"));
  // The code came again: what was made of it has ended.
  await assert.rejects(conn.request("/sobjects"));
});

test("SOAP's login and logout", async () => {
  const conn = new jsforce.Connection({ loginUrl: told.address, version: "62.0" });
  const user = await conn.login(told.omar, told.password);
  assert.equal(user.id, told.omarId);
  assert.equal(conn.instanceUrl, told.address);
  assert.equal((await conn.identity()).user_id, told.omarId);
  const dead = conn.accessToken;
  await conn.logout();
  const stale = new jsforce.Connection({ instanceUrl: told.address, accessToken: dead, version: "62.0" });
  await assert.rejects(stale.request("/sobjects"), refused("INVALID_SESSION_ID"));
  const wrong = new jsforce.Connection({ loginUrl: told.address });
  await assert.rejects(wrong.login(told.omar, "wrong"), /INVALID_LOGIN: Invalid username, password, security token/);
});
