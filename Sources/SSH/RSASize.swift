extension HostKey {
    /// The bits of an RSA key's modulus; nil for keys of other types.
    package var rsaBits: Int? {
        guard type == "ssh-rsa" else { return nil }
        var reader = WireReader(blob)
        guard reader.string() != nil, reader.positive() != nil, let modulus = reader.positive(),
            let first = modulus.first
        else { return nil }
        return modulus.count * 8 - first.leadingZeroBitCount
    }
}
