import { intAt, textAt } from "../properties";

// The connection to the upstream, once there is one: in the response's callbacks and in the access log.

/** The upstream's `ip:port`. */
export function address(): string | null {
  return textAt("upstream\0address");
}

/** The upstream's port. */
export function port(fallback: i64 = 0): i64 {
  return intAt("upstream\0port", fallback);
}

/** `ip:port` of this side. */
export function localAddress(): string | null {
  return textAt("upstream\0local_address");
}

/** How often the request was sent; 0: never. */
export function requestAttemptCount(fallback: i64 = 0): i64 {
  return intAt("upstream\0request_attempt_count", fallback);
}

/** Nanoseconds until there was a connection for the request. */
export function poolReadyDuration(fallback: i64 = 0): i64 {
  return intAt("upstream\0cx_pool_ready_duration", fallback);
}

/** The version of TLS: `TLSv1.3`. */
export function tlsVersion(): string | null {
  return textAt("upstream\0tls_version");
}

/** The subject of this side's certificate. */
export function subjectLocalCertificate(): string | null {
  return textAt("upstream\0subject_local_certificate");
}

/** The subject of the other side's certificate. */
export function subjectPeerCertificate(): string | null {
  return textAt("upstream\0subject_peer_certificate");
}

/** The first DNS name in this side's certificate. */
export function dnsSanLocalCertificate(): string | null {
  return textAt("upstream\0dns_san_local_certificate");
}

/** The first DNS name in the other side's certificate. */
export function dnsSanPeerCertificate(): string | null {
  return textAt("upstream\0dns_san_peer_certificate");
}

/** The first URI in this side's certificate: the SPIFFE identity in a mesh. */
export function uriSanLocalCertificate(): string | null {
  return textAt("upstream\0uri_san_local_certificate");
}

/** The first URI in the other side's certificate: the SPIFFE identity in a mesh. */
export function uriSanPeerCertificate(): string | null {
  return textAt("upstream\0uri_san_peer_certificate");
}

/** The SHA-256 of the other side's certificate, in hex. */
export function sha256PeerCertificateDigest(): string | null {
  return textAt("upstream\0sha256_peer_certificate_digest");
}

/** Why its TLS failed. */
export function transportFailureReason(): string | null {
  return textAt("upstream\0transport_failure_reason");
}
