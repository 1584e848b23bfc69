-- What an app says when it sends somebody here, and finds again in the ID token: that nobody slipped it another's (OpenID
-- Connect's nonce).

alter table authorization_code add column nonce text;

-- Was everybody told of an announcement by mail?

alter table announcement add column send_emails boolean default false not null;
