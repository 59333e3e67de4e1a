/// The command line `bb`.
package ai.bytesandbrains.bench.cli;
