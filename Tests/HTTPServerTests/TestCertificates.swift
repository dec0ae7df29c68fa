import COpenSSL
import Glibc
import HTTPTestSupport

@testable import HTTPServer

/// Certificates made for one test, in a folder of its own.
struct TestCertificates {
    let folder: String
    /// Signs the others.
    private let authorityKey: OpaquePointer
    private let authority: OpaquePointer

    init() throws {
        folder = "/tmp/strata-test-\(UInt64.random(in: .min ... .max))"
        guard mkdir(folder, 0o700) == 0 else { throw RawClient.Failure(description: "mkdir \(folder)") }
        authorityKey = try Self.makeKey()
        authority = try Self.make("Test Authority", key: authorityKey, issuer: nil, issuerKey: authorityKey)
        try write("authority.pem") { PEM_write_X509($0, authority) == 1 }
    }

    var authorityFile: String { folder + "/authority.pem" }

    /// A certificate for a host or a person, signed by the authority.
    func make(_ name: String) throws -> TLSConfiguration.Certificate {
        let key = try Self.makeKey()
        let certificate = try Self.make(name, key: key, issuer: authority, issuerKey: authorityKey)
        try write("\(name).pem") { PEM_write_X509($0, certificate) == 1 }
        try write("\(name).key") { PEM_write_PrivateKey($0, key, nil, nil, 0, nil, nil) == 1 }
        return TLSConfiguration.Certificate(chainFile: "\(folder)/\(name).pem", keyFile: "\(folder)/\(name).key")
    }

    private func write(_ name: String, _ body: (UnsafeMutablePointer<FILE>) -> Bool) throws {
        guard let file = fopen("\(folder)/\(name)", "w") else { throw RawClient.Failure(description: name) }
        defer { fclose(file) }
        guard body(file) else { throw RawClient.Failure(description: name) }
    }

    private static func makeKey() throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw RawClient.Failure(description: "no key") }
        return key
    }

    private static func make(
        _ name: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer
    ) throws -> OpaquePointer {
        guard let certificate = X509_new() else { throw RawClient.Failure(description: "no certificate") }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1..<1 << 31))
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3_600)
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3_600)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(
            subject, "CN", Int32(V_ASN1_UTF8STRING), Array(name.utf8), Int32(name.utf8.count), -1, 0)
        X509_set_issuer_name(certificate, X509_get_subject_name(issuer ?? certificate))
        guard let issuer else {
            try add("CA:TRUE", NID_basic_constraints, certificate)
            X509_sign(certificate, issuerKey, EVP_sha256())
            return certificate
        }
        _ = issuer
        try add("DNS:\(name)", NID_subject_alt_name, certificate)
        X509_sign(certificate, issuerKey, EVP_sha256())
        return certificate
    }

    private static func add(_ value: String, _ kind: Int32, _ certificate: OpaquePointer) throws {
        guard let entry = X509V3_EXT_nconf_nid(nil, nil, kind, value) else {
            throw RawClient.Failure(description: "extension \(value)")
        }
        X509_add_ext(certificate, entry, -1)
        X509_EXTENSION_free(entry)
    }
}
