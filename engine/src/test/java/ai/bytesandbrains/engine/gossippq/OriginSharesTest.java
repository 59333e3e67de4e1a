package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OriginSharesTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-12);

    @Test
    void shouldLeaveOriginsAloneThatAreAlike() {
        OriginShares shares = shares(40, 10, 1);

        for (int origin = 1; origin <= 40; origin++) {
            assertThat(shares.factor(origin)).isEqualTo(1);
        }
    }

    /// Nine times the squared length of the next one, where half as much more is let pass.
    @Test
    void shouldCountItemsLessOfAnOriginWhoseItemsAreLongerThanAllOthers() {
        OriginShares shares = shares(32, 10, 3);

        assertThat(shares.factor(1)).isCloseTo(Math.pow(1.5 / 9, 2), EXACT);
        assertThat(shares.factor(2)).isEqualTo(1);
    }

    /// Where few parts are long and most are not, they are long in every origin's data.
    @Test
    void shouldNotMindLongItemsThatAllOriginsHave() {
        OriginShares shares = new OriginShares(1000);
        for (int i = 0; i < 1000; i++) {
            shares.add(1 + i % 10, 1, i < 20 ? 1e6 : 0);
        }
        shares.limit(0.125);

        for (int origin = 1; origin <= 10; origin++) {
            assertThat(shares.factor(origin)).isEqualTo(1);
        }
    }

    @Test
    void shouldBelieveTwoOriginsOfFew() {
        OriginShares shares = shares(2, 10, 1);

        assertThat(shares.factor(1)).isEqualTo(1);
        assertThat(shares.factor(2)).isEqualTo(1);
    }

    @Test
    void shouldLetAnOriginWeighItsPartOfTheWhole() {
        OriginShares shares = new OriginShares(100);
        for (int origin = 1; origin <= 20; origin++) {
            shares.add(origin, origin == 1 ? 1000 : 1, 1);
        }
        shares.limit(0.25);
        double heavy = 1000 * shares.factor(1);

        assertThat(heavy / (heavy + 19)).isCloseTo(0.25, Offset.offset(1e-6));
        assertThat(shares.factor(2)).isEqualTo(1);
    }

    @Test
    void shouldTakeOneItem() {
        OriginShares shares = new OriginShares(1);
        shares.add(-5, 2, 0);
        shares.limit(1);

        assertThat(shares.factor(-5)).isEqualTo(1);
    }

    /// Origins with the same number of items of length 1, those of the first so many times longer.
    private static OriginShares shares(int origins, int items, double length) {
        OriginShares shares = new OriginShares(origins * items);
        for (int i = 0; i < origins * items; i++) {
            int origin = 1 + i % origins;
            shares.add(origin, 1, origin == 1 ? length * length : 1);
        }
        shares.limit(0.125);
        return shares;
    }
}
