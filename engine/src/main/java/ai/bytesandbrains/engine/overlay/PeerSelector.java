package ai.bytesandbrains.engine.overlay;

import java.util.random.RandomGenerator;

/// How one peer is chosen from a view. The three classic ways are constants; a user's own way is
/// another implementation.
@FunctionalInterface
public interface PeerSelector {

    /// Every peer is as likely as any other.
    PeerSelector UNIFORM = (view, random) -> random.nextInt(view.size());

    /// The peer that was not heard of for longest; among equals any, so that ties do not pick the
    /// same one everywhere. Jelasity et al. 2007, section 2.3. Ties are counted before one is
    /// drawn: there are many, and guessing at each whether it is chosen costs more than looking
    /// twice.
    PeerSelector TAIL =
            (view, random) -> {
                int size = view.size();
                int oldest = 0;
                for (int i = 0; i < size; i++) {
                    oldest = Math.max(oldest, view.ageAt(i));
                }
                int ties = 0;
                for (int i = 0; i < size; i++) {
                    ties += view.ageAt(i) == oldest ? 1 : 0;
                }
                int left = ties == 1 ? 0 : random.nextInt(ties);
                int chosen = 0;
                while (view.ageAt(chosen) != oldest || left-- > 0) {
                    chosen++;
                }
                return chosen;
            };

    /// A peer is as likely as its age plus one: between uniform and tail.
    PeerSelector WEIGHTED =
            (view, random) -> {
                long total = 0;
                for (int i = 0; i < view.size(); i++) {
                    total += view.ageAt(i) + 1L;
                }
                long left = random.nextLong(total);
                int chosen = 0;
                while ((left -= view.ageAt(chosen) + 1L) >= 0) {
                    chosen++;
                }
                return chosen;
            };

    /// The peer that was met least often ([PeerView#hitsAt]); among equals any. Auvolat et al.,
    /// "BASALT", Middleware 2023, for views that count.
    PeerSelector LEAST_HIT =
            (view, random) -> {
                int chosen = 0;
                int ties = 1;
                for (int i = 1; i < view.size(); i++) {
                    int difference = view.hitsAt(i) - view.hitsAt(chosen);
                    if (difference < 0) {
                        chosen = i;
                        ties = 1;
                    } else if (difference == 0 && random.nextInt(++ties) == 0) {
                        chosen = i;
                    }
                }
                return chosen;
            };

    /// Chooses.
    ///
    /// @param view at least one peer
    /// @param random the source of chance
    /// @return an index into the view
    int select(PeerView view, RandomGenerator random);
}
