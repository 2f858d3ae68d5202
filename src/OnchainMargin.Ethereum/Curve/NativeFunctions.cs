using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>The entry points of libsecp256k1, bound by name so that a machine without the library is no error.</summary>
internal sealed unsafe class NativeFunctions
{
    public delegate* unmanaged[Cdecl]<uint, nint> ContextCreate;
    public delegate* unmanaged[Cdecl]<nint, byte*, int> ContextRandomize;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, byte*, int> SignRecoverable;
    public delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int> SerializeRecoverable;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int> ParseRecoverable;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> Recover;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> ParseSignature;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> Verify;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> CreatePublicKey;
    public delegate* unmanaged[Cdecl]<nint, byte*, byte*, nuint, int> ParsePublicKey;
    public delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int> SerializePublicKey;

    /// <summary>Binds every entry point, or gives null when one is missing (a build without the recovery module).</summary>
    public static NativeFunctions? TryBind(nint library)
    {
        ReadOnlySpan<string> names =
        [
            "context_create", "context_randomize", "ecdsa_sign_recoverable", "ecdsa_recoverable_signature_serialize_compact",
            "ecdsa_recoverable_signature_parse_compact", "ecdsa_recover", "ecdsa_signature_parse_compact", "ecdsa_verify",
            "ec_pubkey_create", "ec_pubkey_parse", "ec_pubkey_serialize",
        ];
        Span<nint> at = stackalloc nint[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            if (!NativeLibrary.TryGetExport(library, "secp256k1_" + names[i], out at[i]))
            {
                return null;
            }
        }

        return new NativeFunctions
        {
            ContextCreate = (delegate* unmanaged[Cdecl]<uint, nint>)at[0],
            ContextRandomize = (delegate* unmanaged[Cdecl]<nint, byte*, int>)at[1],
            SignRecoverable = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, byte*, int>)at[2],
            SerializeRecoverable = (delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int>)at[3],
            ParseRecoverable = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int>)at[4],
            Recover = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)at[5],
            ParseSignature = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)at[6],
            Verify = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)at[7],
            CreatePublicKey = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)at[8],
            ParsePublicKey = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nuint, int>)at[9],
            SerializePublicKey = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int>)at[10],
        };
    }
}
