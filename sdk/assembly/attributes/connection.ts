import { returnedLength, returnedPtr } from "../memory/returned";
import { intAt, readAt, textAt } from "../properties";

// The connection to the client. What is about TLS is absent without it.

/** Envoy's number for it. */
export function id(fallback: i64 = 0): i64 {
  return intAt("connection\0id", fallback);
}

/** The server name that the client asked for (SNI); empty: none. */
export function requestedServerName(): string | null {
  return textAt("connection\0requested_server_name");
}

/** Why it was closed, once it is. */
export function terminationDetails(): string | null {
  return textAt("connection\0termination_details");
}

/** The version of TLS: `TLSv1.3`. */
export function tlsVersion(): string | null {
  return textAt("connection\0tls_version");
}

/** The subject of this side's certificate. */
export function subjectLocalCertificate(): string | null {
  return textAt("connection\0subject_local_certificate");
}

/** The subject of the other side's certificate. */
export function subjectPeerCertificate(): string | null {
  return textAt("connection\0subject_peer_certificate");
}

/** The first DNS name in this side's certificate. */
export function dnsSanLocalCertificate(): string | null {
  return textAt("connection\0dns_san_local_certificate");
}

/** The first DNS name in the other side's certificate. */
export function dnsSanPeerCertificate(): string | null {
  return textAt("connection\0dns_san_peer_certificate");
}

/** The first URI in this side's certificate: the SPIFFE identity in a mesh. */
export function uriSanLocalCertificate(): string | null {
  return textAt("connection\0uri_san_local_certificate");
}

/** The first URI in the other side's certificate: the SPIFFE identity in a mesh. */
export function uriSanPeerCertificate(): string | null {
  return textAt("connection\0uri_san_peer_certificate");
}

/** The SHA-256 of the other side's certificate, in hex. */
export function sha256PeerCertificateDigest(): string | null {
  return textAt("connection\0sha256_peer_certificate_digest");
}

/** Why its TLS failed. */
export function transportFailureReason(): string | null {
  return textAt("connection\0transport_failure_reason");
}

/** Whether the client has shown a certificate. */
export function mtls(): bool {
  return readAt("connection\0mtls") && returnedLength() == 1 && load<u8>(returnedPtr()) != 0;
}
