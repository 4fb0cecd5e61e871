/// What a key file is, as far as it says without a passphrase.
package enum KeyFile {
    case plain(PrivateKey)
    case encrypted(publicBlob: [UInt8]?)
    case unusable(String)

    package static func inspect(_ bytes: [UInt8], name: String, pub: [UInt8]?) -> KeyFile {
        do throws(PrivateKey.Unusable) {
            return .plain(try PrivateKey(file: bytes, name: name))
        } catch {
            if error.reason == PrivateKey.encryptedReason { return .encrypted(publicBlob: nil) }
            return .unusable(error.reason)
        }
    }
}
