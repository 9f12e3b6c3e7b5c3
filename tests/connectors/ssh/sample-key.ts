/** A key pair that is used nowhere: only to have something that can be read. */
export const sampleKey = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAs9iH7qkWEUShSH/HnLRJRd+acB6LtyC68ZEWRPNCDDQAAAJiEMnfdhDJ3
3QAAAAtzc2gtZWQyNTUxOQAAACAs9iH7qkWEUShSH/HnLRJRd+acB6LtyC68ZEWRPNCDDQ
AAAECFmrvC87fwz3vgg0K87B5eX3bkLsLsRkwYQwS63JakQCz2IfuqRYRRKFIf8ectElF3
5pwHou3ILrxkRZE80IMNAAAADm9ubHkgZm9yIHRlc3RzAQIDBAUGBw==
-----END OPENSSH PRIVATE KEY-----
`;

export const samplePublicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICz2IfuqRYRRKFIf8ectElF35pwHou3ILrxkRZE80IMN only for tests";
