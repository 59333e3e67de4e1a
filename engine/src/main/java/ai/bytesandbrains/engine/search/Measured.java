package ai.bytesandbrains.engine.search;

import java.util.Objects;

/// How the distance of a hit came about.
///
/// @param form on what it was measured, and by whom
/// @param codebookHigh the first eight bytes of the codebook's id, big-endian; 0 unless ADC
/// @param codebookLow the last eight bytes of the codebook's id, big-endian; 0 unless ADC
/// @param meanError mean squared L2 distance of vectors from their codes, as the peer says; 0
///     unless ADC, or if the peer does not know it
public record Measured(DistanceForm form, long codebookHigh, long codebookLow, float meanError) {

    /// On the vector, by the peer that has it.
    public static final Measured EXACT = new Measured(DistanceForm.EXACT, 0, 0, 0);

    /// On the vector, by the node that asked.
    public static final Measured VERIFIED = new Measured(DistanceForm.VERIFIED, 0, 0, 0);

    /// Checks the form.
    public Measured {
        Objects.requireNonNull(form, "form");
    }
}
