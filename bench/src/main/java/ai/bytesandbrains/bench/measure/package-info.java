/// What a measurement needs besides the thing measured: the limits of the machine, in the same run.
package ai.bytesandbrains.bench.measure;
