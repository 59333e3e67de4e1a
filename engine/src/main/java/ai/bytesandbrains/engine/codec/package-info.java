/// Codecs: short codes for vectors, and the codebooks that they rest on.
package ai.bytesandbrains.engine.codec;
