package import HostSide
import Text

/// What lower rooms know about files.
package struct FileTools: Sendable {
    /// Its content is put there before the program that gives it its place.
    package var needsUpload: @Sendable (FileChange) -> Bool
    /// A diff of two contents; nil for a side that is not there.
    package var diff: @Sendable (_ path: String, _ old: [UInt8]?, _ new: [UInt8]?) -> String

    package init(
        needsUpload: @escaping @Sendable (FileChange) -> Bool,
        diff: @escaping @Sendable (_ path: String, _ old: [UInt8]?, _ new: [UInt8]?) -> String
    ) {
        self.needsUpload = needsUpload
        self.diff = diff
    }
}

extension FileTools {
    static let standard = FileTools(
        needsUpload: { OperationsProgram.needsStaging($0) },
        diff: { path, old, new in UnifiedDiff.text(path, old: old, new: new) }
    )
}
