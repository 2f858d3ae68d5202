// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fills} from "../clearing/Fills.sol";
import {Needs} from "../clearing/Needs.sol";
import {Need} from "../interfaces/ClearingTypes.sol";
import {LotLegs} from "../liquidation/LotLegs.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice Lots that are taken over, and who serves what comes of it, against the vectors (spec/attested): rules of the contracts alone, which nobody else reckons.
contract NeedVectorsTest is Columns {
    uint256 private constant NOW = 1_800_000_000;
    uint256 private constant LEGS = 5;

    /// @dev Columns of CLR-045, of needs that grow.
    struct Growths {
        int256[] need;
        uint256[] since;
        int256[] cost;
        int256[] added;
        int256[] more;
        uint256[] time;
    }

    /// @dev Columns of CLR-046, of needs and who holds the opposite.
    struct Servings {
        int256[] need;
        int256[] needCost;
        int256[] held;
        int256[] heldCost;
        int256[] served;
        int256[] servedCost;
        int256[] realised;
    }

    function test_look_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-045.json");
        bytes[] memory states = words("state");
        bytes[] memory balances = words("balances");
        bytes[] memory checkpoints = words("checkpoint");
        bytes[] memory records = words("records");
        uint256[] memory open = column("open");
        uint256[] memory gross = column("gross");
        uint256[] memory main = column("main");
        assert(main.length > 50);
        uint256 place = 0;
        for (uint256 i = 0; i < main.length; ++i) {
            AccountState memory lot = this.decoded(states[i]);
            LotLegs.Look memory seen = LotLegs.look(checkpoints[i], records[i], lot, balances[i], NOW);
            assert(seen.grossE8 == gross[i] && seen.main == main[i]);
            for (uint256 j = 0; j < lot.positions.length; ++j) assert(seen.openE8[j] == open[place++]);
        }
        assert(place == open.length);
    }

    function test_parts_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-045.json");
        uint256[] memory gross = column("legGross");
        uint256[] memory open = column("legOpen");
        uint256[] memory lost = column("lost");
        uint256[] memory parts = column("parts");
        assert(lost.length == 100);
        for (uint256 i = 0; i < lost.length; ++i) {
            uint256[] memory got = LotLegs.parts(slice(gross, LEGS * i, LEGS), slice(open, LEGS * i, LEGS), lost[i]);
            for (uint256 j = 0; j < LEGS; ++j) assert(got[j] == parts[LEGS * i + j]);
        }
    }

    function test_bankruptcy_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-045.json");
        uint256[] memory mark = column("mark");
        uint256[] memory part = column("part");
        uint256[] memory isLong = column("isLong");
        uint256[] memory price = column("price");
        assert(price.length == 80);
        for (uint256 i = 0; i < price.length; ++i) {
            assert(LotLegs.bankruptcyE8(int256(mark[i]), part[i], isLong[i] == 1) == int256(price[i]));
        }
    }

    function test_grow_leavesWhatTheVectorsSay() public {
        json = VM.readFile("spec/attested/CLR-045.json");
        Growths memory v;
        (v.need, v.since, v.cost) = (signedColumn("need"), column("since"), signedColumn("cost"));
        (v.added, v.more, v.time) = (signedColumn("added"), signedColumn("more"), column("time"));
        uint256[] memory sinceAfter = column("sinceAfter");
        int256[] memory sizeAfter = signedColumn("sizeAfter");
        int256[] memory costAfter = signedColumn("costAfter");
        assert(sinceAfter.length == 80);
        for (uint256 i = 0; i < sinceAfter.length; ++i) {
            Need memory need = Need(int64(v.need[i]), uint40(v.since[i]), int128(v.cost[i]));
            Needs.grow(need, v.added[i], v.more[i], v.time[i]);
            assert(need.since == sinceAfter[i] && need.sizeE8 == sizeAfter[i] && need.costE8 == costAfter[i]);
        }
    }

    function test_dust_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-045.json");
        int256[] memory size = signedColumn("dustNeed");
        int256[] memory leg = signedColumn("dustLeg");
        uint256[] memory isDust = column("isDust");
        assert(isDust.length == 40);
        for (uint256 i = 0; i < isDust.length; ++i) {
            assert(Needs.isDust(Need(int64(size[i]), 0, 0), leg[i]) == (isDust[i] == 1));
        }
    }

    function test_delta_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-046.json");
        Position[] memory positions = _positions();
        uint256[] memory spot = column("spot");
        uint256[] memory range = column("range");
        int256[] memory delta = signedColumn("delta");
        assert(delta.length == 160);
        for (uint256 i = 0; i < delta.length; ++i) {
            assert(Needs.deltaE8(positions[i], spot[i], range[i], NOW) == delta[i]);
        }
    }

    function test_take_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-046.json");
        Servings memory v;
        (v.need, v.needCost) = (signedColumn("need"), signedColumn("needCost"));
        (v.held, v.heldCost) = (signedColumn("held"), signedColumn("heldCost"));
        (v.served, v.servedCost) = (signedColumn("served"), signedColumn("servedCost"));
        v.realised = signedColumn("realised");
        assert(v.realised.length == 150);
        for (uint256 i = 0; i < v.realised.length; ++i) _serve(v, i);
    }

    function test_won_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-046.json");
        int256[] memory need = signedColumn("need");
        int256[] memory held = signedColumn("held");
        int256[] memory heldCost = signedColumn("heldCost");
        uint256[] memory spot = column("serveSpot");
        int256[] memory funding = signedColumn("funding");
        int256[] memory won = signedColumn("won");
        for (uint256 i = 0; i < won.length; ++i) {
            Need memory asked = Need(int64(need[i]), 0, 1);
            Position memory position = Position(Instruments.pack(1, 0, 0, 0), held[i], heldCost[i]);
            (int256 wonE8, int256 sizeE8) = Needs.wonE8(asked, position, spot[i], funding[i]);
            assert(wonE8 == won[i]);
            // Both are as they were.
            assert(asked.sizeE8 == need[i] && position.sizeE8 == held[i] && position.costE8 == heldCost[i]);
            assert((sizeE8 > 0) == (need[i] > 0));
        }
    }

    function test_score_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-046.json");
        int256[] memory won = signedColumn("won");
        int256[] memory served = signedColumn("served");
        uint256[] memory spot = column("serveSpot");
        uint256[] memory ratio = column("ratio");
        int256[] memory held = signedColumn("held");
        int256[] memory net = signedColumn("net");
        uint256[] memory open = column("open");
        uint256[] memory score = column("score");
        for (uint256 i = 0; i < score.length; ++i) {
            assert(Needs.gainRatioE8(won[i], served[i], spot[i]) == ratio[i]);
            assert(Needs.openE8(held[i], net[i]) == open[i]);
            assert(Needs.scoreE8(ratio[i], open[i]) == score[i]);
        }
    }

    function test_threshold_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-046.json");
        uint256[] memory age = column("age");
        uint256[] memory ramp = column("ramp");
        uint256[] memory threshold = column("threshold");
        for (uint256 i = 0; i < age.length; ++i) assert(Needs.thresholdE8(age[i], ramp[i]) == threshold[i]);
    }

    function decoded(bytes calldata state) external pure returns (AccountState memory) {
        return AccountStates.decode(state);
    }

    /// @dev What is taken, what is left of the need, and what that realises for a holder of perpetuals.
    function _serve(Servings memory v, uint256 i) private pure {
        Need memory need = Need(int64(v.need[i]), 0, int128(v.needCost[i]));
        assert(Needs.isOpposite(need, v.held[i]));
        (int256 sizeE8, int256 costE8) = Needs.take(need, v.held[i]);
        assert(sizeE8 == v.served[i] && costE8 == v.servedCost[i]);
        assert(need.sizeE8 == v.need[i] - sizeE8 && need.costE8 == v.needCost[i] - costE8);
        Position memory held = Position(Instruments.pack(1, 0, 0, 0), v.held[i], v.heldCost[i]);
        assert(Fills.add(held, sizeE8, costE8) == v.realised[i]);
    }

    function _positions() private view returns (Position[] memory positions) {
        uint256[] memory kind = column("kind");
        uint256[] memory strike = column("strikeE4");
        uint256[] memory expiry = column("expiry");
        int256[] memory size = signedColumn("size");
        positions = new Position[](kind.length);
        for (uint256 i = 0; i < kind.length; ++i) {
            uint96 instrument = Instruments.pack(1, uint32(expiry[i]), uint40(strike[i]), uint8(kind[i]));
            positions[i] = Position(instrument, size[i], 0);
        }
    }
}
