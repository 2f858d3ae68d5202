// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {VM} from "./IVm.sol";

/// @notice Surfaces in the columns of vectors: `<name>_forward`, `<name>_spot` and so on.
library SurfaceColumns {
    function read(string memory json, string memory name) internal view returns (SurfaceUpdate[] memory surfaces) {
        string memory path = string.concat(".", name, "_");
        uint256[] memory forward = VM.parseJsonUintArray(json, string.concat(path, "forward"));
        surfaces = new SurfaceUpdate[](forward.length);
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].forwardE8 = uint64(forward[i]);
        uint256[] memory values = VM.parseJsonUintArray(json, string.concat(path, "spot"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].spotE8 = uint64(values[i]);
        values = VM.parseJsonUintArray(json, string.concat(path, "b"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].bE12 = uint64(values[i]);
        values = VM.parseJsonUintArray(json, string.concat(path, "sigma"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].sigmaE8 = uint32(values[i]);
        int256[] memory signed = VM.parseJsonIntArray(json, string.concat(path, "a"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].aE12 = int64(signed[i]);
        signed = VM.parseJsonIntArray(json, string.concat(path, "rho"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].rhoE8 = int32(signed[i]);
        signed = VM.parseJsonIntArray(json, string.concat(path, "m"));
        for (uint256 i = 0; i < forward.length; ++i) surfaces[i].mE8 = int32(signed[i]);
    }

    /// @dev The word of MRG-004.
    function word(SurfaceUpdate memory s) internal pure returns (uint256) {
        return uint256(bytes32(abi.encodePacked(s.aE12, s.bE12, s.rhoE8, s.mE8, s.sigmaE8, uint32(0))));
    }
}
