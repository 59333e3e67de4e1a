/// Nodes as processes of one machine that are killed, stopped and started again while they are
/// asked: whether anything hangs, is lost without a word, or is left behind.
package ai.bytesandbrains.bench.soak;
