import Shell

/// A way to run commands on one host: a libssh2 session, or programs that are spawned here. Confined to the loop's
/// thread.
protocol Link: AnyObject {
    /// Connects and logs in; `done` is called once.
    func open(_ done: @escaping (SSHError?) -> Void)
    /// A command that has not been started yet.
    func channel(_ command: String, _ consumer: any ChannelConsumer) -> any CommandChannel
    /// A connection that the host makes for us, which has not been started yet; nil where this link has none such.
    /// `tells`: `started` is to mean that the host has connected.
    func tunnel(to place: ExchangePlace, tells: Bool, _ consumer: any ChannelConsumer) -> (any CommandChannel)?
    /// Lets go of everything at once; nothing is waited for. The owners of channels are not told.
    func close()

    /// What became known while connecting.
    var opened: SSHRemote.Opened { get }
}

/// One command on a link, seen by whoever gives it input.
protocol CommandChannel: AnyObject {
    func start()
    /// Queues input; it goes out once the command has started.
    func send(_ pieces: [[UInt8]])
    /// Lets go of it without waiting for the other side; its consumer is not told.
    func drop()
}

/// Whoever owns a channel is told through this, on the loop's thread.
protocol ChannelConsumer: AnyObject {
    /// The other side has accepted the command; input that was queued follows.
    func started()
    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer)
    /// All input that was queued has been taken.
    func hasRoom()
    func ended(_ end: ChannelEnd)
}

extension ChannelConsumer {
    func hasRoom() {}
}

enum ChannelEnd: Equatable {
    /// The other side closed it; status or signal as far as it told.
    case closed(status: Int32?, signal: String?)
    /// The other side did not open it or did not accept the command.
    case refused(String)
    case linkLost(String)
}
