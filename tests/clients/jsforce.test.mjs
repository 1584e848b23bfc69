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
