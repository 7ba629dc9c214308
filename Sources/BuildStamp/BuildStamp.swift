import Foundation
import PackagePlugin

/// Writes the commit that is being built into a source file, before each build and only when it has changed.
@main
struct BuildStamp: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.pluginWorkDirectoryURL.appending(path: "Stamp")
    let script = """
      mkdir -p "$2"
      commit=unknown
      # A copy inside another repository must not name that one's commit.
      if [ "$(git -C "$1" rev-parse --show-prefix 2>/dev/null || echo none)" = "" ]; then
        commit=$(git -C "$1" describe --always --exclude='*' --abbrev=12 --dirty 2>/dev/null || echo unknown)
      fi
      text="enum BuildStamp { static let commit = \\"$commit\\" }"
      [ "$(cat "$2/BuildStamp.swift" 2>/dev/null || true)" = "$text" ] || echo "$text" > "$2/BuildStamp.swift"
      """
    return [
      .prebuildCommand(
        displayName: "Stamping the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [
          "-c", script, "sh", context.package.directoryURL.path(percentEncoded: false),
          folder.path(percentEncoded: false),
        ],
        outputFilesDirectory: folder)
    ]
  }
}
