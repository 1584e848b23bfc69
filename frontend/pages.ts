// The script of the pages beside the feeds, as pages.css is their style: boards, fields edited in place, photos, Setup.
import "./elements/begin";
import "./elements/board";
import "./elements/crop";
import "./elements/inline";
import "./elements/setup";
import "./elements/zone";
