/// Embedding spaces: what a distance is, how vectors are brought into the form that a space
/// compares fast, and the order of distances.
package ai.bytesandbrains.engine.space;
