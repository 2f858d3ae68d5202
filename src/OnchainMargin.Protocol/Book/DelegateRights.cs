namespace OnchainMargin.Protocol.Book;

/// <summary>What a delegate may do, as the clearinghouse numbers it. Nobody but the owner withdraws or appoints.</summary>
[Flags]
public enum DelegateRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sign orders.</summary>
    Trade = 1,

    /// <summary>Cancel orders.</summary>
    Cancel = 2,

    /// <summary>Touch the account, and move between accounts of its owner.</summary>
    Move = 4,
}
