// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../../src/CollateralAttestations.sol";
import {Claim, CreditLine, Reason, Status} from "../../src/ICollateralAttestations.sol";
import {Bounds} from "../../src/lib/Bounds.sol";
import {Holdings, HoldingsStatement, Signed} from "../../src/lib/Holdings.sol";
import {PackedPrice} from "../../src/oracle/IPriceBoard.sol";
import {PriceBoard} from "../../src/oracle/PriceBoard.sol";
import {MockAggregator} from "../mocks/Oracles.sol";
import {PositionVerifier} from "../mocks/PositionVerifier.sol";
import {Test} from "../support/Test.sol";

/// @dev What the handler acts on.
struct World {
    CollateralAttestations registry;
    PositionVerifier verifier;
    PriceBoard board;
    MockAggregator[2] collateralFeeds;
    MockAggregator[2] debtFeeds;
    bytes32[2] policyIds;
    bytes32[2] marketIds;
    uint256[2] attesterKeys;
}

/// @dev Two subjects, a thief and two lenders act at random under two policies, each over a market of its own with the
/// same assets, while prices and time move. The attesters are honest: a new holdings statement contains what was lent before it. The handler keeps its own books and notes
/// what must never happen.
contract Handler is Test {
    struct Draw {
        uint256 time;
        uint256 amount;
    }

    struct Sent {
        address subject;
        Claim claim;
        bytes proof;
    }

    World private world;
    address[2] private subjects = [address(0x5001), address(0x5002)];
    address[2] private lenders = [address(0x1001), address(0x1002)];
    Draw[][2] private drawn;
    Sent[] private sent;
    uint64[2] private sequence;
    mapping(address subject => mapping(bytes32 policyId => uint256)) public lapsedAt;
    /// @dev When a lapse was last recorded that neither a newer anchor nor a greater credit line cures.
    mapping(address subject => mapping(bytes32 policyId => uint256)) private notBefore;

    /// @dev What must stay empty.
    string public violation;
    /// @dev How often the interesting things happened.
    uint256 public attested;
    uint256 public refused;
    uint256 public lapses;
    uint256 public draws;
    uint256 public copies;

    constructor(World memory w) {
        world = w;
        newAnchor(0, 10e18, 1e6, false);
        newAnchor(1, 20e18, 0, false);
    }

    // ------------------------------------------------------------------------------------------------ world

    function passTime(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 2 hours));
        refresh();
    }

    function outage(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 2 hours));
    }

    /// @dev Mostly small moves, so that bounds are approached and crossed.
    function movePrices(uint256 percent, uint256 debtPercent) external {
        move(world.collateralFeeds, bound(percent, 92, 109));
        move(world.debtFeeds, bound(debtPercent, 98, 102));
        refresh();
    }

    function move(MockAggregator[2] memory feeds, uint256 percent) private {
        int256 price = feeds[0].answer() * int256(percent) / 100;
        if (price < 40e8) price = 40e8;
        if (price > 250e8) price = 250e8;
        feeds[0].set(price);
        feeds[1].set(price);
    }

    function refresh() public {
        for (uint256 i = 0; i < 2; ++i) {
            world.collateralFeeds[i].set(world.collateralFeeds[i].answer());
            world.debtFeeds[i].set(world.debtFeeds[i].answer());
        }
        world.board.refreshAll();
    }

    // ------------------------------------------------------------------------------------------------ attesters

    /// @dev The subject's position is now this, with what it was lent or all of that repaid, and the attesters say so.
    function newAnchor(uint256 who, uint256 collateral, uint256 debt, bool repaid) public {
        who = who % 2;
        if (repaid) delete drawn[who];
        PositionVerifier.Position memory position;
        position.collateral[0] = bound(collateral, 0, 50e18);
        position.debt[1] = bound(debt, 0, 20e6) + lentAfter(who, 0);
        position.secret = keccak256(abi.encode(who, "secret"));
        bytes32 commitment = bytes32(uint256(keccak256(abi.encode(who, sequence[who]))) >> 3);
        world.verifier.commit(commitment, position);
        ++sequence[who];
        publish(who, 0, commitment);
        publish(who, 1, commitment);
    }

    function publish(uint256 who, uint256 which, bytes32 commitment) private {
        HoldingsStatement memory h = HoldingsStatement({
            commitment: commitment,
            marketId: world.marketIds[which],
            subject: subjects[who],
            beneficiary: address(world.registry),
            beneficiaryChainId: block.chainid,
            asOf: uint64(block.timestamp),
            sequence: sequence[who],
            expiry: uint64(block.timestamp + 3 days)
        });
        bytes32 hash = Holdings.hash(h);
        Signed[] memory signatures = new Signed[](2);
        for (uint256 i = 0; i < 2; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(world.attesterKeys[i], Holdings.digest(hash));
            signatures[i] = Signed(vm.addr(world.attesterKeys[i]), abi.encodePacked(r, s, v));
        }
        world.registry.publishAnchor(world.policyIds[which], h, signatures);
    }

    function revokeAnchor(uint256 who, uint256 one) external {
        // Rarely, since nothing can be attested after it.
        if (one % 8 != 0) return;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 hash = world.registry.anchorOf(subjects[who % 2], world.policyIds[i]).hash;
            vm.prank(vm.addr(world.attesterKeys[0]));
            world.registry.revokeAnchor(hash);
        }
    }

    // ------------------------------------------------------------------------------------------------ subjects

    /// @dev The subject claims whatever it likes, and proves it as well as it can.
    function attest(uint256 who, uint256 which, uint256 buffer, uint256 credit, uint256 validity) public {
        who = who % 2;
        Claim memory c = claimOf(who, which % 2, bound(buffer, 0, 30), bound(credit, 0, 6e6), validity);
        c.lender = c.creditAmount == 0 ? address(0) : lenders[credit % 2];
        submit(subjects[who], who, c, proofOf(who, c));
    }

    /// @dev Somebody sends again what was sent before.
    function sendAgain(uint256 index, uint256 sender) external {
        if (sent.length == 0) return;
        Sent storage old = sent[index % sent.length];
        address from = sender % 3 == 2 ? address(0xbad) : subjects[sender % 3];
        ++copies;
        submit(from, sender % 3, old.claim, old.proof);
    }

    function revoke(uint256 who, uint256 which, uint256 one) external {
        if (one % 8 != 0) return;
        (address subject, bytes32 policyId) = (subjects[who % 2], world.policyIds[which % 2]);
        vm.prank(subject);
        try world.registry.revoke(policyId) {
            if (lapsedAt[subject][policyId] == 0) lapsedAt[subject][policyId] = block.timestamp;
            notBefore[subject][policyId] = block.timestamp;
        } catch {}
    }

    /// @dev Whatever went before, a subject with a good position and honest attesters is not kept out.
    function renew(uint256 who, uint256 which) external {
        who = who % 2;
        vm.warp(block.timestamp + 1);
        refresh();
        newAnchor(who, 50e18, 0, true);
        Claim memory c = claimOf(who, which % 2, 10, 0, 1 hours);
        uint256 before = attested;
        submit(subjects[who], who, c, proofOf(who, c));
        if (attested == before) violation = "a rightful subject was kept out";
    }

    // ------------------------------------------------------------------------------------------------ others

    function recordLapse(uint256 who, uint256 which) external {
        (address subject, bytes32 policyId) = (subjects[who % 2], world.policyIds[which % 2]);
        (Status status, Reason reason,,) = world.registry.statusInFull(subject, policyId);
        bool beyond = crossed(subject, policyId);
        try world.registry.recordLapse(subject, policyId) {
            if (status != Status.Lapsed) violation = "a lapse recorded that was none";
            if (lapsedAt[subject][policyId] != 0 && !beyond) violation = "a lapse recorded twice";
            if (lapsedAt[subject][policyId] == 0) lapsedAt[subject][policyId] = block.timestamp;
            bool curable = reason == Reason.AnchorSuperseded || reason == Reason.CreditNotCovered;
            if (beyond || !curable) notBefore[subject][policyId] = block.timestamp;
            ++lapses;
        } catch {
            // Whatever else has lapsed, the first crossing can be recorded.
            bool first = status == Status.Lapsed && beyond && lapsedAt[subject][policyId] == 0;
            if (first) violation = "a crossing that nobody can record";
        }
    }

    /// @dev Whether a price is beyond a bound that matters. The collateral has a floor, the debt asset a ceiling.
    function crossed(address subject, bytes32 policyId) private view returns (bool) {
        (, uint256[] memory bounds) = world.registry.attestationOf(subject, policyId);
        if (bounds.length == 0) return false;
        (, PackedPrice[] memory list) = world.board.prices();
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 floor, uint256 ceiling) = Bounds.ofAsset(bounds, i);
            if (list[i].low() < floor || list[i].high() > ceiling) return true;
        }
        return false;
    }

    function draw(uint256 who, uint256 which, uint256 lender, uint256 amount) external {
        drawAs(who % 2, which % 2, lenders[lender % 2], bound(amount, 1, 4e6));
    }

    /// @dev The subject attests under both policies with a line that takes most of its collateral, and draws both.
    function drawTwice(uint256 who) external {
        who = who % 2;
        refresh();
        CollateralAttestations.Anchor memory anchor = world.registry.anchorOf(subjects[who], world.policyIds[0]);
        PositionVerifier.Position memory position = world.verifier.positionOf(anchor.commitment);
        (PackedPrice collateral, PackedPrice debt) = prices();
        uint256 most = position.collateral[0] * collateral.low() * 7_600 * 1e6 / (debt.high() * 12_000 * 1e18);
        if (most <= position.debt[1]) return;
        for (uint256 i = 0; i < 2; ++i) {
            Claim memory c = claimOf(who, i, 0, most - position.debt[1], 1 hours);
            c.lender = lenders[0];
            submit(subjects[who], who, c, proofOf(who, c));
        }
        for (uint256 i = 0; i < 2; ++i) {
            CreditLine memory line = world.registry.creditLine(subjects[who], world.policyIds[i]);
            if (line.amount > line.drawn) drawAs(who, i, line.lender, line.amount - line.drawn);
        }
    }

    function drawAs(uint256 who, uint256 which, address lender, uint256 amount) private {
        vm.prank(lender);
        try world.registry.draw(subjects[who], world.policyIds[which], uint128(amount)) {
            drawn[who].push(Draw(block.timestamp, amount));
            ++draws;
            (PackedPrice collateral, PackedPrice debt) = prices();
            if (!solvent(who, collateral.low(), debt.high())) violation = "lent beyond the collateral";
        } catch {}
    }

    // ------------------------------------------------------------------------------------------------ books

    /// @dev Whether the subject's newest position, with all that was lent after it, is worth 105 percent of its debt at
    /// these prices and a threshold of 80 percent. Computed from amounts and prices alone.
    function solvent(uint256 who, uint256 low, uint256 high) public view returns (bool) {
        CollateralAttestations.Anchor memory anchor = world.registry.anchorOf(subjects[who], world.policyIds[0]);
        PositionVerifier.Position memory position = world.verifier.positionOf(anchor.commitment);
        uint256 owed = position.debt[1] + lentAfter(who, anchor.asOf);
        return position.collateral[0] * low * 8_000 * 1e6 > owed * high * 10_500 * 1e18;
    }

    function subjectAt(uint256 who) external view returns (address) {
        return subjects[who];
    }

    function prices() public view returns (PackedPrice collateral, PackedPrice debt) {
        (, PackedPrice[] memory list) = world.board.prices();
        return (list[0], list[1]);
    }

    /// @dev What was lent to a subject after a time; a draw in the same second counts as after.
    function lentAfter(uint256 who, uint256 time) private view returns (uint256 sum) {
        for (uint256 i = 0; i < drawn[who].length; ++i) {
            if (drawn[who][i].time >= time) sum += drawn[who][i].amount;
        }
    }

    function claimOf(uint256 who, uint256 which, uint256 percent, uint256 credit, uint256 validity)
        private
        view
        returns (Claim memory c)
    {
        c.policyId = world.policyIds[which];
        c.anchor = world.registry.anchorOf(subjects[who], c.policyId).hash;
        c.validUntil = uint64(block.timestamp + bound(validity, 0, 2 days));
        (c.floors, c.ceilings) = (new uint128[](2), new uint128[](2));
        (PackedPrice collateral, PackedPrice debt) = prices();
        c.floors[0] = uint128(collateral.low() * (100 - percent) / 100);
        c.ceilings[0] = uint128(collateral.high() * (100 + percent) / 100 + 1);
        c.ceilings[1] = uint128(debt.high() * (100 + percent) / 100 + 1);
        c.creditAmount = uint128(credit);
        c.creditAsset = credit == 0 ? 0 : 1;
    }

    /// @dev A proof where the registry says what is to be proven, and rubbish otherwise.
    function proofOf(uint256 who, Claim memory c) private view returns (bytes memory) {
        try world.registry.publicInputs(subjects[who], c) returns (uint256[] memory inputs) {
            return world.verifier.prove(keccak256(abi.encode(who, "secret")), inputs);
        } catch {
            return "rubbish";
        }
    }

    function submit(address from, uint256 who, Claim memory c, bytes memory proof) private {
        bytes32 latest = world.registry.anchorOf(from, c.policyId).hash;
        vm.prank(from);
        try world.registry.attest(c, proof) {
            ++attested;
            if (from == address(0xbad)) {
                violation = "a thief attested";
                return;
            }
            if (c.anchor != latest) violation = "attested under an older anchor";
            uint256 asOf = world.registry.anchorOf(from, c.policyId).asOf;
            uint256 since = notBefore[from][c.policyId];
            if (since != 0 && asOf <= since) violation = "a lapse ended by an old proof";
            lapsedAt[from][c.policyId] = 0;
            if (!solvent(who, c.floors[0], c.ceilings[1])) violation = "a false statement was recorded";
            sent.push(Sent(from, c, proof));
        } catch {
            ++refused;
        }
    }
}
