/*
 * A test fixture: a certificate for localhost that signed itself, and its key, which is no secret. Made by
 *   openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
 *   openssl req -x509 -new -key key.pem -days 36500 -subj '/CN=gateway test fixture' \
 *     -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1'
 */

/** Nobody trusts it but the tests that say so. */
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBsjCCAVegAwIBAgIUNj3COhuH8sj2Gdjjr2YSDI6X50kwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUZ2F0ZXdheSB0ZXN0IGZpeHR1cmUwIBcNMjYxMTIyMjIyNzQy
WhgPMjEyNjEwMjkyMjI3NDJaMB8xHTAbBgNVBAMMFGdhdGV3YXkgdGVzdCBmaXh0
dXJlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmypKK2nwiDxBWFykPqpE+IU9
R20DWLrBCVfZYCBsCvNt3Y8Qwo8lKxT+f3CvzxDoNXvSyi4NcT/SF1VIV1x7cqNv
MG0wHQYDVR0OBBYEFGEVcLrAgl3Bm9/sG2/VY32vAxXXMB8GA1UdIwQYMBaAFGEV
cLrAgl3Bm9/sG2/VY32vAxXXMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJ
bG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0kAMEYCIQDoJ4m77sn2mqMXG02p
ftxA/wptIYhrT5QgLizgNddVHAIhAPRJnl6r6mt/BLy9tccHAvMIoXFK28TNHkxt
UePhq0WA
-----END CERTIFICATE-----`

/** The key to it, for a server of a test. */
export const testCertificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgknxcfp0ONqfK6XVG
9kCW08eIE/Q9VssourMmXWX+ZdehRANCAASbKkorafCIPEFYXKQ+qkT4hT1HbQNY
usEJV9lgIGwK823djxDCjyUrFP5/cK/PEOg1e9LKLg1xP9IXVUhXXHty
-----END PRIVATE KEY-----`
