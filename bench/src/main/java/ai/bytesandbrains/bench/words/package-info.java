/// Texts into vectors on this machine: what `--ask` and `--texts` need and nothing else does. The
/// model and its runtime are no part of the build; they are fetched when they are first needed.
package ai.bytesandbrains.bench.words;
