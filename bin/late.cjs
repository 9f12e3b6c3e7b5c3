"use strict";
/** The packages of which a server at rest needs none: each is loaded when something of it is first used. */
module.exports =
  /^(croner|csv-parse|csv-parse\/sync|eventsource-parser|ipaddr\.js|marked|ssh2|ssh2\/lib\/protocol\/SFTP\.js|undici|yauzl|yazl)$/;
