import ClientConfig
import SSH

extension Algorithms {
    init(_ settings: HostSettings) {
        self.init()
        keyExchange = Self.change(settings.kexAlgorithms)
        hostKeys = Self.change(settings.hostKeyAlgorithms)
        ciphers = Self.change(settings.ciphers)
        codes = Self.change(settings.macs)
    }

    private static func change(_ list: AlgorithmList?) -> Change? {
        guard let list else { return nil }
        return { own in list.applied(to: own) }
    }
}
