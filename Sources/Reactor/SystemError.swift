import CSystem

/// A system call that failed: which call, on what, and the kernel's reason.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    package let code: Int32
    package let doing: String

    package init(code: Int32, doing: String) {
        self.code = code
        self.doing = doing
    }

    /// The kernel's words for the code, such as "No such file or directory".
    package var reason: String { Self.text(of: code) }

    package var description: String { "cannot \(doing): \(reason)" }

    /// The kernel's words for an errno value.
    package static func text(of code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let text = baton_error_text(code, buffer.baseAddress, buffer.count) else { return "error \(code)" }
            return String(cString: text)
        }
    }

    /// Turns the C shim's "-errno or a value" into a value or a thrown error.
    @discardableResult
    package static func check<Value: SignedInteger>(
        _ result: Value,
        _ doing: @autoclosure () -> String
    ) throws(SystemError) -> Value {
        if result < 0 { throw SystemError(code: Int32(-result), doing: doing()) }
        return result
    }
}
