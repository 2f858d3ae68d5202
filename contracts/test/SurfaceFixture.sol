// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice A deployment with two attesters, both of whom must sign a surface.
abstract contract SurfaceFixture is ProtocolFixture {
    uint256[2] internal attesterKeys;

    function deployWithAttesters() internal {
        deploy();
        (attesterKeys[0], attesterKeys[1]) = (11, 12);
        if (VM.addr(11) > VM.addr(12)) (attesterKeys[0], attesterKeys[1]) = (12, 11);
        seat(VM.addr(11));
        seat(VM.addr(12));
        registry.setThreshold(2);
    }

    /// @dev A smile of about 60 % at a forward a thousandth above spot, quoted now.
    function smile(uint16 underlying, uint32 expiry) internal view returns (SurfaceUpdate memory) {
        uint64 spotE8 = spots.storedSpotE8(underlying);
        return
            SurfaceUpdate({
                underlying: underlying,
                expiry: expiry,
                time: uint40(this.clock()),
                forwardE8: spotE8 + spotE8 / 1000,
                spotE8: spotE8,
                aE12: 280_000_000_000,
                bE12: 400_000_000_000,
                rhoE8: -20_000_000,
                mE8: 0,
                sigmaE8: 20_000_000
            });
    }

    function one(SurfaceUpdate memory update) internal pure returns (SurfaceUpdate[] memory updates) {
        updates = new SurfaceUpdate[](1);
        updates[0] = update;
    }

    function signedBy(
        SurfaceUpdate[] memory updates,
        uint256 count
    ) internal view returns (AttesterSignature[] memory signatures) {
        bytes32 digest = surfaces.publicationDigest(updates);
        signatures = new AttesterSignature[](count);
        for (uint256 i = 0; i < count; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = VM.sign(attesterKeys[i], digest);
            signatures[i] = AttesterSignature(VM.addr(attesterKeys[i]), abi.encodePacked(r, s, v));
        }
    }

    function publish(SurfaceUpdate memory update) internal {
        SurfaceUpdate[] memory updates = one(update);
        surfaces.publish(updates, signedBy(updates, 2));
    }

    /// @dev Whether it would be taken; reverts are swallowed, the state is then as before.
    function tryPublish(SurfaceUpdate memory update) internal returns (bool taken) {
        SurfaceUpdate[] memory updates = one(update);
        try surfaces.publish(updates, signedBy(updates, 2)) {
            return true;
        } catch {
            return false;
        }
    }

    function expectRefused(SurfaceUpdate memory update, bytes4 selector) internal {
        SurfaceUpdate[] memory updates = one(update);
        AttesterSignature[] memory signatures = signedBy(updates, 2);
        VM.expectPartialRevert(selector);
        surfaces.publish(updates, signatures);
    }
}
