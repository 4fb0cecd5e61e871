package import Document

/// What a task's body evaluates with: the variables of one host, and the files of the project.
package struct TaskResolver {
    package var evaluator: Evaluator
    package let contents: Contents

    package init(_ evaluator: Evaluator, _ contents: Contents) {
        self.evaluator = evaluator
        self.contents = contents
    }
}
